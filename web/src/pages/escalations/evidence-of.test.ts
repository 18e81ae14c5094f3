import { expect, test } from 'vitest';
import { aCard } from './card.fixture.ts';
import { evidenceOf } from './evidence-of.ts';

test('the evidence shows facts and the output of the check (R-ESC-3)', () => {
  const context = {
    code: 'CHECK_FAILED',
    step: 'verifying',
    because: 'all 3 cycles are used up',
    advice: 'Look at it.',
    spent_nano_usd: '420000000',
    evidence: {
      rule: 'vitest.failed',
      confidence: 0.95,
      process: { command: 'npm test', exitCode: 1, stdoutTail: 'one\ntwo', stderrTail: null },
    },
    change: { branch: 'moose/add-sum', redChecks: ['npm test'] },
  };
  const { because, advice, facts, texts, lastLines } = evidenceOf(aCard({ context }));
  expect([because, advice]).toEqual(['all 3 cycles are used up', 'Look at it.']);
  expect(facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
    ...[
      'Failure: test_fail · CHECK_FAILED',
      'Component: pipeline / verify',
      'Spent so far: $0.42',
      'Step: verifying',
    ],
    ...['Matched rule: vitest.failed', 'Confidence: 95%', 'Command (process): npm test', 'Exit code: 1'],
    ...['Branch: moose/add-sum', 'Failed checks: npm test'],
  ]);
  expect(lastLines).toBe('one\ntwo');
  expect(texts).toEqual([{ name: 'End of output', text: 'one\ntwo' }]);
});

test('R-ESC-3: what an agent said is shown before its output', () => {
  const evidence = { said: 'A or B?', process: { stdoutTail: 'one\ntwo' } };
  const { facts, texts, lastLines } = evidenceOf(aCard({ context: { evidence } }));
  expect(texts.map(({ name }) => name)).toEqual(['What the agent said', 'End of output']);
  expect(lastLines).toBe('A or B?');
  expect(facts.map(({ value }) => value)).not.toContain('A or B?');
});

test('R-ESC-3: fear: the evidence has nano-dollars, and the command line of a program of Moose', () => {
  const process = {
    command: "'/usr/bin/node' '/srv/moose/src/agents/patch/apply-program.ts' x",
    exitCode: 1,
  };
  const context = { worst_case_nano_usd: '5466125', estimateNanoUsd: '420000000', evidence: { process } };
  const { facts } = evidenceOf(aCard({ context }));
  expect(facts.map(({ name, value }) => `${name}: ${value}`).slice(2)).toEqual([
    'Worst case: $0.0054',
    'Estimate: $0.42',
    'Exit code: 1',
  ]);
});

test('evidence of any shape and size is shown without failing, within limits', () => {
  const deep: Record<string, unknown> = {};
  deep.self = deep;
  const context = { deep, list: [[1], {}], long: 'x'.repeat(100_000), nothing: null, ...manyFacts(200) };
  const { facts, texts } = evidenceOf(aCard({ context }));
  expect(facts.length).toBeLessThanOrEqual(14);
  expect(texts[0]?.text.length).toBe(6_000);
});

function manyFacts(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`fact${index}`, index]));
}
