// The providers of models: the address, key and protocols of each.

import {
  type BedrockAccess,
  type CloudAccess,
  cloudTitles,
  type VertexAccess,
} from '../domain/agents/cloud.ts';
import { type WireName, wireNames } from '../domain/agents/model-call.ts';
import { isMooseError } from '../domain/failure.ts';
import { modelFailures } from '../engine/ports/model-failure-catalogue.ts';
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
  /** Anthropic's models on Amazon Bedrock. */
  bedrock?: { baseUrl: string; access: BedrockAccess } | undefined;
  /** Anthropic's models on Google Vertex AI; `access` is null without credentials. */
  vertex?: { baseUrl: string; access: VertexAccess | null } | undefined;
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
  /** Set for a cloud, which is reached only through the gateway. */
  cloud?: CloudAccess;
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
    case 'bedrock':
    case 'vertex':
      return cloudProvider(providerName, name, settings);
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
      throw modelFailures.MODEL_PROVIDER_UNKNOWN('createModel', { providerName, name });
  }
}

const missingOfCloud = {
  bedrock: 'Set MOOSE_BEDROCK_REGION, as in us-east-1, and AWS credentials.',
  vertex:
    'Set MOOSE_VERTEX_PROJECT, and GOOGLE_APPLICATION_CREDENTIALS to the JSON key of a service account, or MOOSE_VERTEX_TOKEN_COMMAND.',
} as const;

function cloudProvider(cloud: 'bedrock' | 'vertex', name: string, settings: ModelSettings): Provider {
  const { baseUrl, access } = settings[cloud] ?? {};
  if (!access) {
    throw modelFailures.MODEL_KEY_MISSING(
      { operation: 'createModel', metadata: { model: name } },
      { cloudTitles: cloudTitles[cloud], name, missingOfCloud: missingOfCloud[cloud] },
    );
  }
  return {
    adapter: anthropicAdapter,
    wires: ['anthropic-messages'],
    keyVariable: cloud === 'bedrock' ? 'AWS_ACCESS_KEY_ID' : 'GOOGLE_APPLICATION_CREDENTIALS',
    needsKey: false,
    isScripted: false,
    apiKey: undefined,
    baseUrl,
    cloud: access,
  };
}

function connection(
  given: { apiKey?: string | undefined; baseUrl?: string | undefined } | undefined,
): Pick<Provider, 'apiKey' | 'baseUrl'> {
  return { apiKey: given?.apiKey, baseUrl: given?.baseUrl };
}

export function readBaseUrl({ baseUrl, adapter }: Provider, name: string): string {
  const url = baseUrl ?? adapter.defaultBaseUrl;
  if (url === null || url === '') {
    throw modelFailures.MODEL_BASE_URL_MISSING(
      { operation: 'createModel', metadata: { model: name } },
      { name },
    );
  }
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  if (parsed === null || !isHttp || parsed.username !== '' || parsed.password !== '') {
    // The URL is not quoted: it may contain a password.
    throw modelFailures.MODEL_BASE_URL_INVALID(
      { operation: 'createModel', metadata: { model: name } },
      { name },
    );
  }
  return url.replace(/\/+$/, '');
}

export function readKey({ apiKey, needsKey, keyVariable }: Provider, name: string): string | null {
  const key = apiKey?.trim() ?? '';
  if (key === '') {
    if (needsKey) {
      throw modelFailures.MODEL_KEY_MISSING_VARIABLE('createModel', { name, keyVariable });
    }
    return null;
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    // Reported without the key: the HTTP client would quote it.
    throw modelFailures.MODEL_KEY_INVALID(
      { operation: 'createModel', metadata: { model: name } },
      { name, keyVariable },
    );
  }
  return key;
}

/** The address that the gateway forwards to. */
export interface Upstream {
  /** With the version segment, without a slash at the end. */
  baseUrl: string;
  apiKey: string | null;
  wires: readonly WireName[];
  cloud?: CloudAccess;
}

/** All providers that can be called with this setup, by each of their names. */
export function upstreamsOf(settings: ModelSettings): Map<string, Upstream> {
  const names = [
    ...['anthropic', 'openai', 'gemini', 'bedrock', 'vertex'],
    ...['compatible', settings.compatible?.name, 'scripted'],
  ];
  const upstreams = new Map<string, Upstream>();
  for (const name of names) {
    if (name === undefined || name === '') continue;
    try {
      const provider = findProvider(name, name, settings);
      const { wires, cloud } = provider;
      upstreams.set(name, {
        baseUrl: readBaseUrl(provider, name),
        apiKey: readKey(provider, name),
        wires,
        ...(cloud && { cloud }),
      });
    } catch (cause) {
      // A provider without its key or address is left out; a call to one of its models reports what is missing.
      if (!isMooseError(cause)) throw cause;
    }
  }
  return upstreams;
}
