import { expect, test } from 'vitest';
import type { CallFailureKind } from '../../../domain/agents/model-call.ts';
import { errorIn, failureOfAnswer, failureOfError } from './provider-failure.ts';

const anthropic = (type: string, message: string) => ({ type: 'error', error: { type, message } });
const openai = (code: string | null, message: string, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
});
const google = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, message, status, details },
});
const quotaOf = (quotaId: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId }],
});

const answers: readonly [CallFailureKind, number, unknown][] = [
  [
    'context_too_long',
    400,
    anthropic('invalid_request_error', 'prompt is too long: 215874 tokens > 200000 maximum'),
  ],
  [
    'context_too_long',
    400,
    anthropic(
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
    ),
  ],
  [
    'quota',
    400,
    anthropic('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
  ],
  ['bad_request', 400, anthropic('invalid_request_error', 'messages.0.content: Field required')],
  ['authentication', 401, anthropic('authentication_error', 'invalid x-api-key')],
  ['quota', 402, anthropic('billing_error', 'There is an issue with billing')],
  ['authentication', 403, anthropic('permission_error', 'Your API key does not have permission')],
  ['model_not_found', 404, anthropic('not_found_error', 'model: claude-nine')],
  ['context_too_long', 413, anthropic('request_too_large', 'Request exceeds the maximum size')],
  [
    'rate_limited',
    429,
    anthropic('rate_limit_error', 'This request would exceed your rate limit of tokens per minute'),
  ],
  ['provider_down', 500, anthropic('api_error', 'Internal server error')],
  ['overloaded', 529, anthropic('overloaded_error', 'Overloaded')],
  [
    'context_too_long',
    400,
    openai('context_length_exceeded', "This model's maximum context length is 128000 tokens."),
  ],
  ['quota', 429, openai('insufficient_quota', 'You exceeded your current quota', 'insufficient_quota')],
  [
    'rate_limited',
    429,
    openai('rate_limit_exceeded', 'Rate limit reached for gpt-5 on tokens per min (TPM)', 'tokens'),
  ],
  ['model_not_found', 404, openai('model_not_found', 'The model `gpt-99` does not exist')],
  ['authentication', 401, openai('invalid_api_key', 'Incorrect API key provided')],
  ['bad_request', 400, openai('invalid_value', 'Invalid value: foo')],
  ['provider_down', 500, openai(null, 'The server had an error', 'server_error')],
  ['overloaded', 503, openai('slow_down', 'Slow down')],
  ['quota', 402, { error: { code: 402, message: 'This request requires more credits' } }],
  ['model_not_found', 404, { error: 'model "llama9" not found, try pulling it first' }],
  ['bad_request', 422, { detail: [{ msg: 'field required' }] }],
  [
    'context_too_long',
    400,
    google(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
  ],
  [
    'authentication',
    400,
    google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      { reason: 'API_KEY_INVALID' },
    ]),
  ],
  [
    'rate_limited',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota', [
      quotaOf('GenerateRequestsPerMinutePerProjectPerModel'),
    ]),
  ],
  [
    'quota',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota', [
      quotaOf('GenerateRequestsPerDayPerProjectPerModel'),
    ]),
  ],
  ['overloaded', 503, google(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')],
  ['timeout', 504, google(504, 'DEADLINE_EXCEEDED', 'Deadline expired')],
  ['model_not_found', 404, [google(404, 'NOT_FOUND', 'models/gemini-9 is not found for API version v1beta')]],
];

test.each(answers)('%s is what a provider says with %i and %j', (kind, status, body) => {
  expect(failureOfAnswer(status, Buffer.from(JSON.stringify(body)))).toBe(kind);
});

test.each<[CallFailureKind, number, string]>([
  ['provider_down', 502, '<html><body>502 Bad Gateway</body></html>'],
  ['overloaded', 503, '<html></html>'],
  ['malformed', 404, '<!doctype html><title>Not here</title>'],
  ['malformed', 403, '<html>Access denied by a proxy</html>'],
  ['rate_limited', 429, ''],
  ['authentication', 401, ''],
  ['timeout', 524, 'error code: 524'],
  ['bad_request', 418, 'a teapot'],
  ['provider_down', 599, '{"error":null}'],
])('%s is what %i and %j come to, without a word of a provider', (kind, status, body) => {
  expect(failureOfAnswer(status, Buffer.from(body))).toBe(kind);
});

test.each<[CallFailureKind, unknown]>([
  ['overloaded', { type: 'overloaded_error', message: 'Overloaded' }],
  ['rate_limited', { code: 'rate_limit_exceeded', message: 'Rate limit reached' }],
  ['context_too_long', { code: 'context_length_exceeded', message: 'too long' }],
  ['overloaded', { code: 503, status: 'UNAVAILABLE', message: 'x' }],
  ['overloaded', { code: 529, message: 'x' }],
  ['provider_down', { message: 'x' }],
  ['provider_down', null],
])('%s is an error within a stream: %j', (kind, error) => {
  expect(failureOfError(error)).toBe(kind);
});

test('an error is found under its name, in a list too, and an answer has none', () => {
  expect(errorIn({ error: { message: 'x' } })).toEqual({ message: 'x' });
  expect(errorIn([{ error: 'x' }])).toBe('x');
  expect(errorIn({ choices: [] })).toBeNull();
});
