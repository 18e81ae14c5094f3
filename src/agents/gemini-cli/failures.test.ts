import { expect, test } from 'vitest';
import { geminiCliWords, kindOfGeminiCliError } from './failures.ts';

test.each(geminiCliWords.map(({ kind, sample }) => [sample, kind] as const))(
  'its own messages are recognised: %s',
  (sample, kind) => {
    expect(kindOfGeminiCliError(sample, 0).kind).toBe(kind);
  },
);

const body = (code: number, message: string): string =>
  `[API Error: ${JSON.stringify({ error: { code, message, status: 'X' } })}]`;

// Messages and exit codes of version 0.61.0.
const calls: [said: string, exitCode: number, kind: string, status: number | null][] = [
  [body(400, 'The budget is used up (budget_exceeded).'), 144, 'budget_exceeded', 400],
  [body(400, 'temperature: out of range'), 144, 'bad_request', 400],
  [
    body(400, 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
    144,
    'context_too_long',
    400,
  ],
  [body(401, 'invalid api key'), 145, 'authentication', 401],
  [body(402, 'Insufficient balance'), 146, 'quota', 402],
  [body(403, 'You may not use this'), 147, 'authentication', 403],
  ['[API Error: model not found: m1]', 1, 'model_not_found', null],
  [body(413, 'Request exceeds the maximum size'), 157, 'context_too_long', 413],
  ['[API Error: Too many requests]\nPlease wait and try again later.', 173, 'rate_limited', 429],
  ['[API Error: You exceeded your current quota, please check your plan.]\nPlease wait', 173, 'quota', 429],
  [body(500, 'Internal error'), 244, 'provider_down', 500],
  ['[API Error: Service unavailable]', 247, 'overloaded', 503],
  [body(529, 'Overloaded'), 17, 'overloaded', 529],
  ['[API Error: Overloaded]', 17, 'overloaded', 529],
  ['[API Error: Incomplete JSON segment at the end]', 1, 'malformed', null],
  ['[API Error: Unexpected token \'j\', "{"not": json" is not valid JSON]', 1, 'malformed', null],
  ['[API Error: terminated]', 1, 'cut_stream', null],
  ['[API Error: something new]', 1, 'provider_down', null],
];
test.each(calls)(
  'a failed call is recognised by body, exit code and message: %s',
  (said, exitCode, kind, status) => {
    expect(kindOfGeminiCliError(said, exitCode)).toEqual({ kind, status });
  },
);

test('an exit code of its own, or of a signal, is not a status', () => {
  for (const exitCode of [0, 1, 41, 42, 52, 53, 54, 55, 130, 137, 143, null])
    expect(kindOfGeminiCliError('[API Error: something new]', exitCode).status).toBeNull();
  expect(kindOfGeminiCliError('something else', 144)).toEqual({ kind: 'failed', status: null });
});
