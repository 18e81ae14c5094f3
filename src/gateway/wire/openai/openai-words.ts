// OpenAI's two protocols: how they express errors, keys and tiers.
import type { CallFailureKind } from '../../../domain/agents/model-call.ts';
import { ownHeaders, ownMessage } from '../answers/own-words.ts';
import { type Feature, oneOf } from '../feature.ts';
import { memberOf } from '../json-value.ts';
import { bearerOf, type HeaderList, headerOf } from '../sent-headers.ts';
import { isNothing } from '../unlisted.ts';
import type { OwnAnswer, Wire, WireRequest } from '../wire.ts';

const errorTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

export function openaiKey({ headers }: Pick<WireRequest, 'headers'>): string | null {
  return bearerOf(headers) ?? headerOf(headers, 'api-key');
}

export function openaiAuthorization(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}

export function openaiRefusal(answer: Parameters<Wire['refuse']>[0]): OwnAnswer {
  const { status, failure, message, retryAfterMs } = answer;
  const type = errorTypes[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return {
    status,
    headers: ownHeaders(failure, retryAfterMs),
    body: JSON.stringify(openaiError(type, failure, message)),
  };
}

export function openaiError(type: string, failure: CallFailureKind, message: string) {
  return { error: { message: ownMessage(failure, message), type, param: null, code: failure } };
}

/** `auto` is the project's setting, which may be a more expensive tier. */
export const defaultTier: Feature = {
  field: 'service_tier',
  isBounded: oneOf('default'),
  otherwise: () => 'default',
  because: 'another tier has another price',
};

/** The default tier, in the words of known hosts; `auto` is what an answer begins with. */
const defaultTiers: ReadonlySet<unknown> = new Set(['default', 'auto', 'standard', 'on_demand']);

/** Checked whatever was requested: the answer reports the tier that was used. A word on no list may be a dearer one. */
export function tierSurprise(said: unknown): string | null {
  const tier = memberOf(said, 'service_tier');
  if (isNothing(tier) || defaultTiers.has(typeof tier === 'string' ? tier.toLowerCase() : tier)) return null;
  return `service_tier: ${typeof tier === 'string' ? tier : '(unreadable)'}`;
}

/** Codex's names for a session and for a turn in it. */
export const openaiHeaders: HeaderList = {
  names: ['originator', 'session-id', 'session_id', 'thread-id', 'conversation_id', 'x-codex-window-id'],
};

/** Audio is charged at another rate than text. */
export const textAlone: readonly Feature[] = [
  {
    field: 'audio',
    isBounded: () => false,
    otherwise: 'refuse',
    because: 'audio is priced separately',
  },
  {
    field: 'modalities',
    isBounded: (value) => Array.isArray(value) && value.every((each) => each === 'text'),
    otherwise: 'refuse',
    because: 'audio and images are priced separately',
  },
];

/** Twelve hours in the cache have another tariff than the default thirty minutes. */
export const defaultCache: Feature = {
  field: 'prompt_cache_options',
  isBounded: (value) =>
    [undefined, null, '30m'].includes(memberOf(value, 'ttl') as string | null | undefined),
  otherwise: (value) => (typeof value === 'object' ? { ...value, ttl: undefined } : undefined),
  because: 'a longer-lived cache is priced separately',
};
