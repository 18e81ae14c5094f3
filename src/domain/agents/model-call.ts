// One call to a model, as the gateway sees it: the protocol it is made in, what it used, and how it ended.

/** The protocols that the gateway speaks: Anthropic Messages, OpenAI Chat Completions and Responses, Gemini. */
export const wireNames = ['anthropic-messages', 'openai-chat', 'openai-responses', 'gemini'] as const;
export type WireName = (typeof wireNames)[number];

/** What a call used, as the provider counted it; every token is in exactly one of the fields. */
export interface TokenUsage {
  /** Input tokens that were neither read from the provider's cache nor written to it. */
  inputTokens: number;
  cacheReadTokens: number;
  /** Written to the cache for minutes: the provider's default premium. */
  cacheWriteTokens: number;
  /** Written to the cache for an hour. */
  cacheWrite1hTokens: number;
  /** Includes hidden reasoning. */
  outputTokens: number;
}

export const noUsage: TokenUsage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
};

/** All input tokens: the price steps depend on them. */
export function totalInputTokens(usage: TokenUsage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.cacheWrite1hTokens;
}

/** Why a call failed, from what the network really carried; an agent's message is only a hint. */
export const callFailureKinds = [
  // The provider's answer.
  'authentication',
  'quota',
  'rate_limited',
  'overloaded',
  'provider_down',
  'model_not_found',
  'context_too_long',
  'bad_request',
  // What happened to the connection.
  'unreachable',
  'timeout',
  'cut_stream',
  'malformed',
  // The gateway's own answer, without calling the provider.
  'budget_exceeded',
  'braked',
  'unpriced',
  'model_stopped',
  'refused_feature',
  'circuit_open',
  'ledger_away',
  // The client left before its answer came.
  'client_gone',
] as const;
export type CallFailureKind = (typeof callFailureKinds)[number];

/** How a call ended; stored with its cost. */
export interface CallEnd {
  /** The status of the provider's answer, or of the gateway's own; null if there was none. */
  httpStatus: number | null;
  failure: CallFailureKind | null;
  /** The wait that the provider asked for. */
  retryAfterMs: number | null;
  /** The time from the client's request to the first byte of the answer's body; null if none came. */
  firstByteMs: number | null;
  durationMs: number;
}
