import { expect, test } from 'vitest';
import { codexWords, kindOfCodexError } from './failures.ts';

test.each(codexWords)('its own message "$sample" is $kind', ({ kind, sample }) => {
  expect(kindOfCodexError(sample)).toEqual({ kind, status: null });
});

const url = 'url: http://127.0.0.1:4101/s/id/openai/v1/responses';

// Messages of version 0.169.0.
test.each([
  [`unexpected status 401 Unauthorized: The key was not accepted., ${url}`, 'authentication', 401],
  [`unexpected status 402 Payment Required: no money, ${url}`, 'quota', 402],
  [`unexpected status 404 Not Found: There is no such model., ${url}`, 'model_not_found', 404],
  [`unexpected status 413 Payload Too Large: too large, ${url}`, 'context_too_long', 413],
  [`unexpected status 503 Service Unavailable: circuit_open, ${url}`, 'circuit_open', 503],
  [`unexpected status 503 Service Unavailable: Not now., ${url}`, 'overloaded', 503],
  ['exceeded retry limit, last status: 429 Too Many Requests', 'rate_limited', 429],
  ['{"error":{"message":"temperature: out of range","type":"error"}}', 'bad_request', 400],
  ['{"error":{"message":"The limit is reached (budget_exceeded)."}}', 'budget_exceeded', 400],
  ['{"error":{"message":"prompt is too long: 210000 tokens"}}', 'context_too_long', 400],
  ['stream disconnected before completion: stream closed before response.completed', 'cut_stream', null],
  [`stream disconnected before completion: error sending request for ${url}`, 'unreachable', null],
  ['something that it never said before', 'failed', null],
] as const)('%s: %s', (message, kind, status) => {
  expect(kindOfCodexError(message)).toEqual({ kind, status });
});
