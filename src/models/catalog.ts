import type { FindPrice } from '../domain/agents/price.ts';
import type { Model } from '../engine/ports/model.ts';
import { modelFailures } from '../engine/ports/model-failure-catalogue.ts';
import { modelOver } from './generate.ts';
import { findProvider, type ModelSettings, readBaseUrl, readKey } from './providers.ts';

/**
 * @param name `provider/model`; providers: `anthropic`, `openai`, `gemini`, `compatible` (or its name), `scripted`
 * @throws ConfigurationError MODEL_NAME_INVALID, MODEL_PROVIDER_UNKNOWN, MODEL_KEY_MISSING, MODEL_KEY_INVALID,
 *   MODEL_BASE_URL_MISSING, MODEL_BASE_URL_INVALID, MODEL_UNPRICED
 */
export function createModel(name: string, settings: ModelSettings, priceOf: FindPrice): Model {
  const [, providerName = '', modelId = ''] = /^([^/\s]+)\/(\S+)$/.exec(name) ?? [];
  if (modelId === '') {
    throw modelFailures.MODEL_NAME_INVALID('createModel', { name: JSON.stringify(name) });
  }
  const provider = findProvider(providerName, name, settings);
  const price = priceOf(name);
  if (price === null) {
    throw modelFailures.MODEL_UNPRICED({ operation: 'createModel', metadata: { model: name } }, { name });
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
