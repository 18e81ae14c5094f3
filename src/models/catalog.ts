import { ConfigurationError } from '../domain/failure.ts';
import { type WireName, wireNames } from '../domain/model-call.ts';
import type { Model } from '../engine/ports/model.ts';
import type { Adapter } from './adapter.ts';
import { anthropicAdapter } from './anthropic/model.ts';
import { modelOver } from './generate.ts';
import { openaiAdapter } from './openai/model.ts';
import { openaiCompatibleAdapter } from './openai-compatible/model.ts';
import { defaultPrices, type PriceList } from './prices.ts';

/** Base URLs are given as far as the version: `https://api.anthropic.com/v1`. */
export interface ModelSettings {
  anthropic?: { apiKey?: string | undefined; baseUrl?: string | undefined };
  openai?: { apiKey?: string | undefined; baseUrl?: string | undefined };
  /** Any server that speaks OpenAI Chat Completions; `name` is a second word for it, such as `ollama`. */
  compatible?: { baseUrl?: string | undefined; apiKey?: string | undefined; name?: string | undefined };
  scripted?: { baseUrl: string };
}

/** Where each provider's key is looked for; the reader of the environment uses the same names. */
export const keyVariables = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  compatible: 'OPENAI_COMPATIBLE_API_KEY',
} as const;

interface Provider {
  adapter: Adapter;
  wires: readonly WireName[];
  keyVariable: string;
  needsKey: boolean;
  isScripted: boolean;
  apiKey: string | undefined;
  baseUrl: string | undefined;
}

/**
 * @param name `provider/model`; the provider is `anthropic`, `openai`, `compatible` (or its name), or `scripted`.
 * @throws ConfigurationError MODEL_NAME_INVALID, MODEL_PROVIDER_UNKNOWN, MODEL_KEY_MISSING, MODEL_KEY_INVALID,
 *   MODEL_BASE_URL_MISSING, MODEL_BASE_URL_INVALID, MODEL_UNPRICED
 */
export function createModel(name: string, settings: ModelSettings, prices: PriceList = defaultPrices): Model {
  const [, providerName = '', modelId = ''] = /^([^/\s]+)\/(\S+)$/.exec(name) ?? [];
  if (modelId === '') {
    throw refusal('MODEL_NAME_INVALID', `${JSON.stringify(name)} is not the name of a model.`, {
      advice: 'Write the provider, a slash and its model, for example anthropic/claude-sonnet-5.',
    });
  }
  const provider = findProvider(providerName, name, settings);
  const price = Object.hasOwn(prices, name) ? prices[name] : undefined;
  if (price === undefined) {
    throw refusal(
      'MODEL_UNPRICED',
      `The price of ${name} is not known, and what it costs could not be bounded.`,
      {
        advice: `Say what it costs, in dollars per million tokens of input and of output (0 for a model that costs nothing): MOOSE_PRICES='${name}=0.20:0.60'. Or choose a model that has a price.`,
      },
    );
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

function findProvider(providerName: string, name: string, settings: ModelSettings): Provider {
  const { anthropic, openai, compatible, scripted } = settings;
  const real = { needsKey: true, isScripted: false };
  switch (providerName) {
    case 'anthropic':
      return {
        ...real,
        ...connection(anthropic),
        adapter: anthropicAdapter,
        wires: ['anthropic-messages'],
        keyVariable: keyVariables.anthropic,
      };
    case 'openai':
      return {
        ...real,
        ...connection(openai),
        adapter: openaiAdapter,
        wires: ['openai-responses', 'openai-chat'],
        keyVariable: keyVariables.openai,
      };
    case 'scripted':
      return {
        adapter: openaiCompatibleAdapter,
        wires: wireNames,
        keyVariable: keyVariables.compatible,
        needsKey: false,
        isScripted: true,
        ...connection(scripted),
      };
    case 'compatible':
    case compatible?.name:
      return {
        ...real,
        ...connection(compatible),
        adapter: openaiCompatibleAdapter,
        wires: ['openai-chat'],
        keyVariable: keyVariables.compatible,
        needsKey: false,
      };
    default:
      throw refusal('MODEL_PROVIDER_UNKNOWN', `There is no model provider ${providerName} (in ${name}).`, {
        advice:
          'Use anthropic, openai, compatible (any server that speaks OpenAI Chat Completions) or scripted.',
      });
  }
}

function connection(
  given: { apiKey?: string | undefined; baseUrl?: string | undefined } | undefined,
): Pick<Provider, 'apiKey' | 'baseUrl'> {
  return { apiKey: given?.apiKey, baseUrl: given?.baseUrl };
}

function readBaseUrl({ baseUrl, adapter }: Provider, name: string): string {
  const url = baseUrl ?? adapter.defaultBaseUrl;
  if (url === null || url === '') {
    throw refusal('MODEL_BASE_URL_MISSING', `It is not known where ${name} answers.`, {
      advice: 'Set the base URL of its provider in the settings, for example http://127.0.0.1:11434/v1.',
    });
  }
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  if (parsed === null || !isHttp || parsed.username !== '' || parsed.password !== '') {
    // The URL is not quoted: it may hold a password.
    throw refusal('MODEL_BASE_URL_INVALID', `The base URL set for ${name} cannot be used.`, {
      advice: 'Set it to an http or https address without user or password, and give the key apart.',
    });
  }
  return url.replace(/\/+$/, '');
}

function readKey({ apiKey, needsKey, keyVariable }: Provider, name: string): string | null {
  const key = apiKey?.trim() ?? '';
  if (key === '') {
    if (needsKey) {
      throw refusal('MODEL_KEY_MISSING', `There is no API key for ${name}.`, {
        advice: `Set ${keyVariable} to a key of the provider, or choose a scripted model to try Moose without one.`,
      });
    }
    return null;
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    // Said without the key: the HTTP client would quote it.
    throw refusal('MODEL_KEY_INVALID', `The API key for ${name} holds characters that no key has.`, {
      advice: `Set ${keyVariable} again, without spaces, line ends or quotes.`,
    });
  }
  return key;
}

function refusal(code: string, message: string, { advice }: { advice: string }): ConfigurationError {
  return new ConfigurationError({ code, component: 'models', operation: 'createModel', message, advice });
}
