import { expect, test } from 'vitest';
import { conclusiveWords, kindOfFailedCall, statuslessWords } from './call-words.ts';

test.each(statuslessWords)('without a status, "$sample" is $kind', ({ kind, sample }) => {
  expect(kindOfFailedCall(null, sample)).toBe(kind);
});

test.each(conclusiveWords)('"$sample" says more than its status: $kind', ({ kind, sample, statuses }) => {
  for (const status of statuses ?? []) expect(kindOfFailedCall(status, sample)).toBe(kind);
});

test.each([
  [400, 'temperature: out of range', 'bad_request'],
  [401, 'invalid x-api-key', 'authentication'],
  [402, 'no money', 'quota'],
  [403, 'nope', 'authentication'],
  [404, 'no such model', 'model_not_found'],
  [413, '', 'context_too_long'],
  [429, 'slow', 'rate_limited'],
  [500, 'boom', 'provider_down'],
  [502, '<html>', 'provider_down'],
  [503, '', 'overloaded'],
  [529, 'Overloaded', 'overloaded'],
  [599, '', 'provider_down'],
  [200, 'fine', null],
] as const)('status %d, "%s" is %s', (status, words, kind) => {
  expect(kindOfFailedCall(status, words)).toBe(kind);
});

test("R-BUD-4: the gateway's own word goes before the status that it came with", () => {
  expect(kindOfFailedCall(400, 'The limit is reached (budget_exceeded).')).toBe('budget_exceeded');
  expect(kindOfFailedCall(503, 'circuit_open: anthropic is away')).toBe('circuit_open');
  expect(kindOfFailedCall(null, 'API Error: 400 BUDGET_EXCEEDED')).toBe('budget_exceeded');
  const broken = '{"type":"api_error","message":"moose: cut_stream: The provider cut its answer off."}';
  expect(kindOfFailedCall(500, broken)).toBe('cut_stream');
});

test('what says nothing of a call is no failed call', () => {
  expect(kindOfFailedCall(null, 'I have changed the file.')).toBeNull();
  expect(kindOfFailedCall(null, '')).toBeNull();
});
