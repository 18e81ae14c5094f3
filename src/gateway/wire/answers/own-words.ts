// The gateway's own error messages: each contains the failure's name, because no protocol has a field for it.
import type { CallFailureKind } from '../../../domain/agents/model-call.ts';

/** Failures after which the same call cannot succeed, however often it is repeated. */
const pointless: ReadonlySet<CallFailureKind> = new Set([
  'authentication',
  'quota',
  'model_not_found',
  'context_too_long',
  'bad_request',
  'budget_exceeded',
  'braked',
  'unpriced',
  'model_stopped',
  'refused_feature',
]);

export function ownMessage(failure: CallFailureKind, message: string): string {
  return `moose: ${failure}: ${message}`;
}

export function mayRetry(failure: CallFailureKind): boolean {
  return !pointless.has(failure);
}

/** The SDKs of Anthropic and OpenAI, and so most agents, obey `x-should-retry`. */
export function ownHeaders(
  failure: CallFailureKind,
  retryAfterMs: number | null = null,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(mayRetry(failure) ? {} : { 'x-should-retry': 'false' }),
    ...(retryAfterMs === null ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
  };
}
