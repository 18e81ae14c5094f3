import type { ProviderError } from './provider-error.ts';

// Classifies an HTTP answer. The first matching row decides; words in the answer come before its status, because a
// provider that names the cause knows more than the status code tells.

export type CallFailureKind =
  | 'quota'
  | 'context_too_long'
  | 'authentication'
  | 'not_found'
  | 'rate_limited'
  | 'overloaded'
  | 'redirected'
  | 'bad_request';

interface FailureRow {
  kind: CallFailureKind;
  /** Values of the envelope's `type` or `code`. */
  words?: string[];
  statuses?: (status: number) => boolean;
  /**
   * Messages of providers that give no code for this cause, each with where it was seen. Only checked for a 400, 413 or
   * 422.
   */
  samples?: { pattern: RegExp; sample: string; source: string }[];
}

export const failureTable: FailureRow[] = [
  {
    kind: 'quota',
    words: ['insufficient_quota', 'billing_error', 'billing_hard_limit_reached', 'budget_exceeded'],
    statuses: (status) => status === 402,
    samples: [
      {
        pattern: /credit balance is too low/i,
        sample: 'Your credit balance is too low to access the Anthropic API.',
        source: 'Anthropic, 400 invalid_request_error',
      },
    ],
  },
  {
    kind: 'context_too_long',
    words: ['context_length_exceeded', 'exceed_context_size_error', 'request_too_large'],
    statuses: (status) => status === 413,
    samples: [
      {
        pattern: /prompt is too long/i,
        sample: 'prompt is too long: 212321 tokens > 200000 maximum',
        source: 'Anthropic, 400 invalid_request_error',
      },
      {
        pattern: /exceed context limit/i,
        sample: 'input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000',
        source: 'Anthropic, 400 invalid_request_error',
      },
      {
        pattern: /maximum context length/i,
        sample: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        source: 'vLLM and OpenRouter, 400',
      },
    ],
  },
  {
    kind: 'authentication',
    words: ['invalid_api_key', 'authentication_error', 'permission_error'],
    statuses: (status) => status === 401 || status === 403,
  },
  {
    kind: 'not_found',
    words: ['model_not_found', 'not_found_error'],
    statuses: (status) => status === 404 || status === 410,
  },
  {
    kind: 'rate_limited',
    words: ['rate_limit_error', 'rate_limit_exceeded'],
    statuses: (status) => status === 429,
  },
  {
    kind: 'overloaded',
    words: ['overloaded_error', 'server_error', 'api_error'],
    // 408, 409 and 425 mean 'not now'.
    statuses: (status) => status >= 500 || [408, 409, 425].includes(status),
  },
  { kind: 'redirected', statuses: (status) => status >= 300 && status < 400 },
  { kind: 'bad_request', statuses: () => true },
];

/** The whole table is checked for words first, then for messages, then for the status. */
export function failureKind(status: number, error: ProviderError): CallFailureKind {
  const speaks = [400, 413, 422].includes(status);
  const row =
    // `api_error` and `not_found_error` are catch-alls on some servers: a specific status is worth more.
    failureTable.find((candidate) => candidate.words?.some((word) => isTelling(word, status, error))) ??
    failureTable.find(
      (candidate) => speaks && candidate.samples?.some(({ pattern }) => pattern.test(error.message)),
    ) ??
    failureTable.find((candidate) => candidate.statuses?.(status));
  return row?.kind ?? 'bad_request';
}

function isTelling(word: string, status: number, error: ProviderError): boolean {
  const isCatchAll = word === 'api_error' || word === 'server_error' || word === 'not_found_error';
  return error.words.includes(word) && !(isCatchAll && status >= 400);
}
