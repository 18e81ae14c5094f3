import { expect, test } from 'vitest';
import { kindOfQwenCodeError, qwenCodeWords } from './failures.ts';

test.each(qwenCodeWords.map(({ kind, sample }) => [sample, kind] as const))(
  'its own messages are recognised: %s',
  (sample, kind) => {
    expect(kindOfQwenCodeError(sample).kind).toBe(kind);
  },
);

// Messages of version 0.24.4.
const calls: [said: string, kind: string, status: number | null][] = [
  ['[API Error: 400 The budget of this work order is used up (budget_exceeded).]', 'budget_exceeded', 400],
  ['[API Error: 400 temperature: out of range]', 'bad_request', 400],
  [
    "[API Error: 400 This model's maximum context length is 128000 tokens. Please reduce the length of the messages.]",
    'context_too_long',
    400,
  ],
  ['[API Error: 401 invalid api key]', 'authentication', 401],
  [
    '[API Error: 401 {"type":"error","error":{"type":"authentication_error","message":"invalid api key"}}]',
    'authentication',
    401,
  ],
  ['[API Error: {"error":{"code":401,"message":"no","status":"UNAUTHENTICATED"}}]', 'authentication', 401],
  ['[API Error: 402 Insufficient balance]', 'quota', 402],
  ['[API Error: 404 model not found: m1]', 'model_not_found', 404],
  [
    '[API Error: 429 Too many requests]\nPossible quota limitations in place or slow response times detected.',
    'rate_limited',
    429,
  ],
  ['[API Error: 429 You exceeded your current quota, please check your plan and billing.]', 'quota', 429],
  ['[API Error: 500 Internal error]', 'provider_down', 500],
  ['[API Error: 529 Overloaded]', 'overloaded', 529],
  ['[API Error: Connection error. (cause: fetch failed)]', 'unreachable', null],
  ['[API Error: terminated (cause: UND_ERR_SOCKET: other side closed)]', 'cut_stream', null],
  ['[API Error: Model stream ended without a finish reason.]', 'cut_stream', null],
  ['[API Error: Unexpected token \'j\', "{"not": json" is not valid JSON]', 'malformed', null],
  ['[API Error: something new]', 'provider_down', null],
  ['something else', 'failed', null],
];
test.each(calls)('a failed call is recognised by its status and message: %s', (said, kind, status) => {
  expect(kindOfQwenCodeError(said)).toEqual({ kind, status });
});
