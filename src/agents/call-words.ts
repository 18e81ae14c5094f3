// Derives the kind of failure of a model call from the status and message that an agent reports. This is only a hint:
// the gateway's ledger saw the real answers.

import type { AgentFailureKind } from '../domain/agents/agent-failure.ts';
import { type CallFailureKind, callFailureKinds } from '../domain/agents/model-call.ts';

export interface WordsOfFailure {
  kind: AgentFailureKind;
  says: RegExp;
  /** A real program's message; a test classifies each sample. */
  sample: string;
}

interface WordsRow extends WordsOfFailure {
  /** The row matches only these statuses. If absent, the row matches with any status, and without one. */
  statuses?: readonly number[];
}

export interface CallFailure {
  kind: AgentFailureKind;
  status: number | null;
}

/** Kinds that the gateway writes into its own messages as a word; nobody else uses `circuit_open`. */
const ofTheGateway = new Set<CallFailureKind>([
  'budget_exceeded',
  'braked',
  'unpriced',
  'model_stopped',
  'refused_feature',
  'circuit_open',
  'ledger_away',
]);

const gatewayWord = new RegExp(
  `\\b(${callFailureKinds.filter((kind) => ofTheGateway.has(kind)).join('|')})\\b`,
  'i',
);

/** The prefix of every message of the gateway, regardless of the kind. */
const gatewaySaid = new RegExp(`\\bmoose: (${callFailureKinds.join('|')}):`);

/** These rows are checked before the status, because the same status also has other uses. */
export const conclusiveWords: readonly WordsRow[] = [
  {
    kind: 'quota',
    statuses: [400, 403, 429],
    says: /insufficient_quota|exceeded your current quota|credit balance is too low|billing_error|billing hard limit/i,
    sample: 'You exceeded your current quota, please check your plan and billing details.',
  },
  {
    kind: 'context_too_long',
    statuses: [400, 413, 422],
    says: /context_length_exceeded|context (?:length|window)|prompt is too long|input token count|too many tokens|maximum (?:context|prompt)/i,
    sample: 'prompt is too long: 210000 tokens > 200000 maximum',
  },
  {
    kind: 'authentication',
    statuses: [400],
    says: /api key not valid|invalid api key|API_KEY_INVALID/i,
    sample: 'API key not valid. Please pass a valid API key.',
  },
];

/** Rows for messages without a status: what happened to the connection, then words that stand for a status. */
export const statuslessWords: readonly WordsRow[] = [
  ...conclusiveWords.map(({ kind, says, sample }) => ({ kind, says, sample })),
  {
    kind: 'rate_limited',
    says: /rate.?limit|too many requests|RESOURCE_EXHAUSTED/i,
    sample: 'litellm.RateLimitError: OpenAIException - slow down',
  },
  { kind: 'overloaded', says: /overloaded|at capacity/i, sample: 'Overloaded' },
  {
    kind: 'authentication',
    says: /unauthorized|authentication|permission denied|forbidden|not logged in/i,
    sample: 'litellm.AuthenticationError: OpenAIException - Incorrect API key provided',
  },
  {
    kind: 'model_not_found',
    says: /model.{0,80}(?:not found|does not exist|not exist|not supported)|not_found_error/is,
    sample: 'The model `gpt-99` does not exist or you do not have access to it.',
  },
  {
    kind: 'unreachable',
    says: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|connection refused|unable to connect|error sending request|waiting for network|could not resolve|cannot connect/i,
    sample: 'connect ECONNREFUSED 127.0.0.1:9',
  },
  {
    kind: 'timeout',
    says: /timed? ?out|ETIMEDOUT|deadline exceeded/i,
    sample: 'Request timed out.',
  },
  {
    kind: 'cut_stream',
    says: /ECONNRESET|EPIPE|terminated|socket hang up|premature|connection (?:was |is )?(?:dropped|closed|reset|error)|stream (?:disconnected|closed|ended)|other side closed|incomplete|without a finish reason/i,
    sample: 'stream disconnected before completion: stream closed before response.completed',
  },
  {
    kind: 'malformed',
    says: /not valid JSON|JSON (?:parse|parsing)|unexpected token|invalid JSON|failed to parse|malformed|could not parse|DOCTYPE|text\/html/i,
    sample: 'Unexpected token < in JSON at position 0',
  },
];

/** Used if the message says nothing more precise. */
const kindOfStatus: Readonly<Record<number, AgentFailureKind>> = {
  401: 'authentication',
  402: 'quota',
  403: 'authentication',
  404: 'model_not_found',
  408: 'timeout',
  413: 'context_too_long',
  429: 'rate_limited',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

/** Null if neither the status nor the message indicates a failed call. */
export function kindOfFailedCall(status: number | null, words: string): AgentFailureKind | null {
  const text = words.slice(0, wordsCharsMax);
  const own = (gatewaySaid.exec(text) ?? gatewayWord.exec(text))?.[1]?.toLowerCase();
  if (own !== undefined) return own as CallFailureKind;
  if (status === null) return statuslessWords.find(({ says }) => says.test(text))?.kind ?? null;
  const told = conclusiveWords.find(({ statuses, says }) => statuses?.includes(status) && says.test(text));
  return told?.kind ?? kindOfStatus[status] ?? (status >= 500 ? 'provider_down' : otherStatus(status));
}

/** How much of an agent's message is read; providers' answers are shorter. */
const wordsCharsMax = 20_000;

function otherStatus(status: number): AgentFailureKind | null {
  return status >= 400 ? 'bad_request' : null;
}
