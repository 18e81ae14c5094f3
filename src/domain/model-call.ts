// One call to a model, as the gateway sees it: the protocol it is made in, what it used, and how it ended.

/** The protocols that the gateway speaks: Anthropic Messages, OpenAI Chat Completions and Responses, Gemini. */
export const wireNames = ['anthropic-messages', 'openai-chat', 'openai-responses', 'gemini'] as const;
export type WireName = (typeof wireNames)[number];

/** What a call used, by the provider's own count; every token stands in one of the fields and in one alone. */
export interface TokenUsage {
  /** Neither read from the provider's cache nor written to it. */
  inputTokens: number;
  cacheReadTokens: number;
  /** Written to be kept for minutes: the premium that a provider takes by default. */
  cacheWriteTokens: number;
  /** Written to be kept for an hour. */
  cacheWrite1hTokens: number;
  /** Hidden reasoning included. */
  outputTokens: number;
}

export const noUsage: TokenUsage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
};

/** Everything that was sent: what the steps of a price go by. */
export function totalInputTokens(usage: TokenUsage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.cacheWrite1hTokens;
}

/** Why a call came to nothing, from what really came over the wire; the words of agents are hints beside it. */
export const callFailureKinds = [
  // What the provider answered.
  'authentication',
  'quota',
  'rate_limited',
  'overloaded',
  'provider_down',
  'model_not_found',
  'context_too_long',
  'bad_request',
  // What the connection did.
  'unreachable',
  'timeout',
  'cut_stream',
  'malformed',
  // What the gateway itself answered, without asking the provider.
  'budget_exceeded',
  'braked',
  'unpriced',
  'refused_feature',
  'circuit_open',
  'ledger_away',
  // The client was gone before its answer was.
  'client_gone',
] as const;
export type CallFailureKind = (typeof callFailureKinds)[number];

/** How a call ended; kept with its cost. */
export interface CallEnd {
  /** Of the provider's answer, or of the gateway's own; null where there was none. */
  httpStatus: number | null;
  failure: CallFailureKind | null;
  /** What the provider asked for. */
  retryAfterMs: number | null;
  /** From the client's request to the first byte of the answer's body; null where none came. */
  firstByteMs: number | null;
  durationMs: number;
}
