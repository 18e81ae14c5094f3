import { expect, test } from 'vitest';
import { type AgentFailureKind, failureOfAgent, ownFailureKinds } from './agent-failure.ts';
import { callFailureKinds } from './model-call.ts';

const named = { agent: 'codex', title: 'Codex' };
const kinds: AgentFailureKind[] = [...callFailureKinds, ...ownFailureKinds];

test.each(kinds)('%s is reported in one sentence, with a second one that says what to do', (kind) => {
  for (const said of ['', 'The words of\n\n the provider.', 'x'.repeat(10_000)]) {
    const { code, message, advice, metadata } = failureOfAgent({ ...named, kind, said, status: 400 });
    expect(code).toMatch(/^AGENT_[A-Z_]+$/);
    expect(message).toMatch(/^[A-Z][^\n]+[^.]\.$/);
    expect(message.length).toBeLessThan(700);
    expect(advice).toMatch(/^[A-Z].*\.$/);
    expect(metadata).toMatchObject({ agent: 'codex', kind, status: 400 });
  }
});

test('a failure of the provider names its circuit; by default it is the agent’s', () => {
  const down = { ...named, kind: 'overloaded', said: '' } as const;
  expect(failureOfAgent(down).metadata.circuit).toBe('agent:codex');
  expect(failureOfAgent({ ...down, circuit: 'provider:openai' }).metadata.circuit).toBe('provider:openai');
  for (const kind of ['budget_exceeded', 'bad_request', 'circuit_open', 'refused'] as const)
    expect(failureOfAgent({ ...down, kind }).metadata).not.toHaveProperty('circuit');
});

test('the wait that the provider asked for is kept', () => {
  const limited = { ...named, kind: 'rate_limited', said: 'slow' } as const;
  expect(failureOfAgent({ ...limited, retryAfterMs: 7_000 }).retryAfterMs).toBe(7_000);
  expect(failureOfAgent({ ...limited, retryAfterMs: null }).retryAfterMs).toBeUndefined();
});

test('R-BUD-4: a stop for the budget is classified as one', () => {
  const { failureClass, retryable } = failureOfAgent({ ...named, kind: 'budget_exceeded', said: '' });
  expect({ failureClass, retryable }).toEqual({ failureClass: 'budget_exceeded', retryable: false });
});
