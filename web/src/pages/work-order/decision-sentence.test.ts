import { expect, test } from 'vitest';
import { type DecisionView, describeDecision } from './decision-sentence.ts';

const decision = (kind: string, input: unknown, output: unknown, by = 'recovery'): DecisionView => ({
  kind,
  agent_type: by,
  input,
  output,
  created_at: '2026-01-01T00:00:00.000Z',
});

test('why this model, this agent and this much money', () => {
  const { text } = describeDecision(
    decision(
      'routing',
      {},
      {
        complexity: 3,
        tier: 'standard',
        models: ['a/b', 'c/d'],
        agent: 'codex',
        envelopeNanoUsd: '1500000000',
        reasons: ['two files'],
      },
    ),
  );
  expect(text).toBe(
    'Complexity 3, model tier standard: a/b, then c/d. Agent: codex. Reserved: $1.50. Based on: two files.',
  );
  const grows = { envelopeNanoUsd: '1000000000', ceilingNanoUsd: '5000000000' };
  expect(describeDecision(decision('routing', {}, grows)).text).toContain(
    'Reserved: $1.00, and up to $5.00 if the agent needs more.',
  );
});

test('R-LRN-5: why this arm, and what the static rule would have chosen', () => {
  const because =
    'Chosen by the learned policy: a/b with patch, chance 0.62; the static rule would have chosen c/d with patch.';
  expect(describeDecision(decision('routing', {}, { models: ['a/b'], because })).text).toContain(because);
  expect(describeDecision(decision('routing', {}, { arm: null, because }))).toEqual({
    title: 'A question was asked',
    text: because,
  });
  expect(describeDecision(decision('retry', {}, { arm: 'patch:a/b#1', because }))).toEqual({
    title: 'Another model or agent chosen',
    text: because,
  });
});

test('each kind of decision reads as a sentence', () => {
  const asked = { step: 'verifying', code: 'CHECK_FAILED', message: 'red.', agent: 'codex' };
  const told = (output: unknown, kind = 'retry', by?: string) =>
    Object.values(describeDecision(decision(kind, asked, output, by))).join(' | ');
  expect(told({ delayMs: 2_000, because: 'it may pass' })).toBe(
    'Retried after 2.0 s | Verifying failed with CHECK_FAILED. Reason: it may pass.',
  );
  expect(told({ pausedMs: 60_000 })).toContain('Waited 60 s');
  expect(told({ agent: 'pi' })).toContain('pi takes over from codex');
  expect(told({ askNext: 'c/d' })).toContain('so c/d is next');
  expect(told({ cycle: 2, of: 3, because: 'it can be fixed' }, 'refinement_cycle')).toContain(
    'cycle 2 of 3 | Verifying failed with CHECK_FAILED: red. Reason: it can be fixed.',
  );
  expect(told({ options: ['retry', 'undo'] }, 'escalation')).toContain('Options: retry, undo.');
  expect(told({ option: 'retry' }, 'escalation', 'answer_policy')).toContain('A standing answer was applied');
  expect(told({ goesOn: 'without a review', because: 'x' }, 'skip')).toContain(
    'Continued without a review. Reason: x.',
  );
});

test('a decision without the expected fields does not fail', () => {
  for (const kind of ['routing', 'retry', 'escalation', 'refinement_cycle', 'skip', 'new_kind'])
    for (const odd of [null, 'text', 7, [], { models: 7, because: {} }])
      expect(describeDecision(decision(kind, odd, odd)).title).not.toBe('');
});
