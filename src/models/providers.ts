// The providers of models: the address, key and protocols of each.
import { ConfigurationError, isMooseError } from '../domain/failure.ts';
import { type WireName, wireNames } from '../domain/model-call.ts';
import type { Adapter } from './adapter.ts';
import { anthropicAdapter } from './anthropic/model.ts';
import { geminiAdapter } from './gemini/model.ts';
import { openaiAdapter } from './openai/model.ts';
import { openaiCompatibleAdapter } from './openai-compatible/model.ts';

/** Base URLs include the version: `https://api.anthropic.com/v1`. */
export interface ModelSettings {
  anthropic?: { apiKey?: string | undefined; baseUrl?: string | undefined };
  openai?: { apiKey?: string | undefined; baseUrl?: string | undefined };
  gemini?: { apiKey?: string | undefined; baseUrl?: string | undefined };
  /** Any server that speaks OpenAI Chat Completions; `name` is a second name for it, such as `ollama`. */
  compatible?: { baseUrl?: string | undefined; apiKey?: string | undefined; name?: string | undefined };
  scripted?: { baseUrl: string };
}

/** The variable of each provider's key; the code that reads the environment uses the same names. */
export const keyVariables = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  gemini: 'GEMINI_API_KEY',
  compatible: 'OPENAI_COMPATIBLE_API_KEY',
} as const;

export interface Provider {
  adapter: Adapter;
  wires: readonly WireName[];
  keyVariable: string;
  needsKey: boolean;
  isScripted: boolean;
  apiKey: string | undefined;
  baseUrl: string | undefined;
}

export function findProvider(providerName: string, name: string, settings: ModelSettings): Provider {
  const { anthropic, openai, gemini, compatible, scripted } = settings;
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
    case 'gemini':
      return {
        ...real,
        ...connection(gemini),
        adapter: geminiAdapter,
        wires: ['gemini'],
        keyVariable: keyVariables.gemini,
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
          'Use anthropic, openai, gemini, compatible (any server that speaks OpenAI Chat Completions) or scripted.',
      });
  }
}

function connection(
  given: { apiKey?: string | undefined; baseUrl?: string | undefined } | undefined,
): Pick<Provider, 'apiKey' | 'baseUrl'> {
  return { apiKey: given?.apiKey, baseUrl: given?.baseUrl };
}

export function readBaseUrl({ baseUrl, adapter }: Provider, name: string): string {
  const url = baseUrl ?? adapter.defaultBaseUrl;
  if (url === null || url === '') {
    throw refusal('MODEL_BASE_URL_MISSING', `No base URL is set for ${name}.`, {
      model: name,
      advice: 'Set the base URL of its provider in the settings, for example http://127.0.0.1:11434/v1.',
    });
  }
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  if (parsed === null || !isHttp || parsed.username !== '' || parsed.password !== '') {
    // The URL is not quoted: it may contain a password.
    throw refusal('MODEL_BASE_URL_INVALID', `The base URL set for ${name} cannot be used.`, {
      model: name,
      advice: 'Set it to an http or https address without user or password, and set the key separately.',
    });
  }
  return url.replace(/\/+$/, '');
}

export function readKey({ apiKey, needsKey, keyVariable }: Provider, name: string): string | null {
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
    // Reported without the key: the HTTP client would quote it.
    throw refusal('MODEL_KEY_INVALID', `The API key for ${name} contains characters that no key has.`, {
      model: name,
      advice: `Set ${keyVariable} again, without spaces, line breaks or quotes.`,
    });
  }
  return key;
}

export function refusal(
  code: string,
  message: string,
  { advice, model }: { advice: string; model?: string },
): ConfigurationError {
  return new ConfigurationError({
    code,
    component: 'models',
    operation: 'createModel',
    message,
    advice,
    metadata: model === undefined ? {} : { model },
  });
}

/** The address that the gateway forwards to. */
export interface Upstream {
  /** With the version segment, without a slash at the end. */
  baseUrl: string;
  apiKey: string | null;
  wires: readonly WireName[];
}

/** All providers that can be called with this setup, by each of their names. */
export function upstreamsOf(settings: ModelSettings): Map<string, Upstream> {
  const names = ['anthropic', 'openai', 'gemini', 'compatible', settings.compatible?.name, 'scripted'];
  const upstreams = new Map<string, Upstream>();
  for (const name of names) {
    if (name === undefined || name === '') continue;
    try {
      const provider = findProvider(name, name, settings);
      const { wires } = provider;
      upstreams.set(name, { baseUrl: readBaseUrl(provider, name), apiKey: readKey(provider, name), wires });
    } catch (cause) {
      // A provider without its key or address is left out; a call to one of its models reports what is missing.
      if (!isMooseError(cause)) throw cause;
    }
  }
  return upstreams;
}
