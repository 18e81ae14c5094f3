import { expect, test } from 'vitest';
import { callFailureKinds } from '../domain/agents/model-call.ts';
import type { CallFacts } from './failures.ts';
import { gatewayRefusal } from './gateway-refusal.ts';

const facts: CallFacts = {
  model: 'openai/gpt-5',
  provider: 'openai',
  origin: 'https://api.example',
  apiKey: null,
  keyVariable: 'OPENAI_API_KEY',
  timeoutMs: 1_000,
};
const body = { error: { message: 'moose: what it was.' } };

test.each([
  ['unreachable', 'MODEL_UNREACHABLE'],
  ['cut_stream', 'MODEL_UNREACHABLE'],
  ['timeout', 'MODEL_TIMEOUT'],
  ['malformed', 'MODEL_GARBLED'],
  ['budget_exceeded', 'MODEL_BUDGET'],
  ['model_stopped', 'MODEL_STOPPED'],
  ['unpriced', 'MODEL_UNPRICED'],
  ['circuit_open', 'MODEL_GATEWAY'],
  ['a word of a later version', 'MODEL_GATEWAY'],
])('R-BUD-4: a refusal of the gateway as %s is %s', (failure, code) => {
  expect(gatewayRefusal(failure, body, facts, 1_500)).toMatchObject({ isMooseError: true, code });
  expect(gatewayRefusal(failure, null, facts, undefined)).toMatchObject({ isMooseError: true, code });
});

test("R-FAIL-5: a refused connection is reported as such, even by the gateway, and never as 'unknown'", () => {
  const said = { error: { message: 'moose: The provider cannot be reached (ECONNREFUSED).' } };
  expect(gatewayRefusal('unreachable', said, facts, undefined)).toMatchObject({
    message: expect.stringContaining('was refused: no server is listening there (ECONNREFUSED)'),
    metadata: { reason: 'ECONNREFUSED', nothingSent: true },
  });
  expect(gatewayRefusal('cut_stream', body, facts, undefined).message).toMatch(/ was lost\.$/);
});

test('every refusal has a sentence and an advice', () => {
  for (const failure of callFailureKinds) {
    const { message, advice } = gatewayRefusal(failure, body, facts, undefined);
    expect(message).toMatch(/\.$|gave no reason$/);
    expect(advice).toMatch(/\.$/);
  }
});
