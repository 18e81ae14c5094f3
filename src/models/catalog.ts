import type { FindPrice } from '../domain/price.ts';
import type { Model } from '../engine/ports/model.ts';
import { modelOver } from './generate.ts';
import { findProvider, type ModelSettings, readBaseUrl, readKey, refusal } from './providers.ts';

/**
 * @param name `provider/model`; providers: `anthropic`, `openai`, `gemini`, `compatible` (or its name), `scripted`
 * @throws ConfigurationError MODEL_NAME_INVALID, MODEL_PROVIDER_UNKNOWN, MODEL_KEY_MISSING, MODEL_KEY_INVALID,
 *   MODEL_BASE_URL_MISSING, MODEL_BASE_URL_INVALID, MODEL_UNPRICED
 */
export function createModel(name: string, settings: ModelSettings, priceOf: FindPrice): Model {
  const [, providerName = '', modelId = ''] = /^([^/\s]+)\/(\S+)$/.exec(name) ?? [];
  if (modelId === '') {
    throw refusal('MODEL_NAME_INVALID', `${JSON.stringify(name)} is not a model name.`, {
      advice: 'Write the provider, a slash and the model, for example anthropic/claude-sonnet-5.',
    });
  }
  const provider = findProvider(providerName, name, settings);
  const price = priceOf(name);
  if (price === null) {
    throw refusal('MODEL_UNPRICED', `The price of ${name} is unknown, so its cost cannot be bounded.`, {
      model: name,
      advice: `Set its price in dollars per million tokens of input and of output (0 for a free model): MOOSE_PRICES='${name}=0.20:0.60'. Or choose a model that has a price: \`moose prices\`.`,
    });
  }
  return modelOver(provider.adapter, {
    name,
    provider: providerName,
    modelId,
    isScripted: provider.isScripted,
    wires: provider.wires,
    price,
    baseUrl: readBaseUrl(provider, name),
    apiKey: readKey(provider, name),
    keyVariable: provider.keyVariable,
  });
}
