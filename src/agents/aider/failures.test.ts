import { expect, test } from 'vitest';
import { aiderCalls, kindOfAiderCall } from './failures.ts';

test.each(aiderCalls)('$sample.words is $kind', ({ kind, sample }) => {
  expect(kindOfAiderCall(sample)).toBe(kind);
});

const anthropic = (type: string, message: string) =>
  `AnthropicException - b'{"type":"error","error":{"type":"${type}","message":"${message}"},"request_id":"r"}'`;

/** Messages as Aider wrote them, against a provider that gave these answers. */
const recorded = [
  ['BadRequestError', 400, 'OpenAIException - budget_exceeded: the limit is reached.', 'budget_exceeded'],
  ['BadRequestError', 400, anthropic('invalid_request_error', 'budget_exceeded: x'), 'budget_exceeded'],
  ['BadRequestError', 400, 'OpenAIException - temperature: out of range', 'bad_request'],
  ['AuthenticationError', 401, 'OpenAIException - Incorrect API key provided: x.', 'authentication'],
  ['APIError', 402, 'OpenAIException - Insufficient credits.', 'quota'],
  ['APIConnectionError', 500, anthropic('insufficient_quota', 'Insufficient credits.'), 'quota'],
  ['APIError', 403, 'OpenAIException - Your key may not use this model.', 'authentication'],
  ['NotFoundError', 404, 'OpenAIException - The model `m1` does not exist.', 'model_not_found'],
  ['APIError', 413, 'OpenAIException - Request exceeds the maximum size.', 'context_too_long'],
  ['RateLimitError', 429, 'OpenAIException - Rate limit reached. Please slow down.', 'rate_limited'],
  ['RateLimitError', 429, 'OpenAIException - You exceeded your current quota, please check', 'quota'],
  ['InternalServerError', 500, 'OpenAIException - The server had an error.', 'provider_down'],
  ['ServiceUnavailableError', 503, 'OpenAIException - Overloaded.', 'overloaded'],
  ['APIError', 529, 'OpenAIException - Overloaded', 'overloaded'],
  ['InternalServerError', 500, anthropic('overloaded_error', 'Overloaded'), 'overloaded'],
  ['InternalServerError', 500, 'AnthropicException - [Errno 111] Connection refused', 'unreachable'],
  [
    'InternalServerError',
    500,
    'AnthropicException - Server disconnected without sending a response..',
    'unreachable',
  ],
  [
    'APIConnectionError',
    500,
    'OpenAIException - peer closed connection without sending complete message body (incomplete chunked read)',
    'cut_stream',
  ],
  ['Timeout', 408, 'litellm.Timeout: Connection timed out after 300 seconds.', 'timeout'],
  ['SomethingNew', null, 'boom', 'failed'],
] as const;

test.each(recorded)('R-SES-5: %s (%s) %s', (type, status, said, kind) => {
  expect(kindOfAiderCall({ type, status, words: `litellm.${type}: ${type}: ${said}` })).toBe(kind);
});
