import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Targets } from '../../../contract/contract.ts';
import { targetLines } from './targets.ts';

const messages: Targets['messages'] = {
  days: 7,
  errors: 10,
  with_cause: 9,
  with_evidence: 9,
  with_advice: 9,
  complete: 9,
  share: 0.9,
  objective: 0.95,
  lacking: [{ code: 'BARE', errors: 1, lacks: ['advice'] }],
};
const one: Targets['classes'][number] = {
  failure_class: 'test_fail',
  recovered: 8,
  unrecovered: 2,
  rate: 0.8,
  objective: 0.9,
  budget_left: -1,
  burn: 'fast',
  p50_ms: 1_500,
  p95_ms: 60_000,
  cost_usd: 0.25,
  burn_rates: { '30m': 7, '6h': 7, '3d': 2 },
};
const said = (targets: Targets) => targetLines(targets).map(stripVTControlCharacters).join('\n');

test('R-UI-5: the command says target, rest of the budget, time, cost and burn in words', () => {
  const lines = said({ days: 30, recovery_ms_goal: 1_800_000, classes: [one], messages });
  expect(lines).toContain(
    'test_fail: 8 of 10 recovered (80 %, target 90 %), the error budget is used up 2.0 times',
  );
  expect(lines).toContain('takes 1.5 s (median), 60.0 s (95th percentile), costs $0.25 each');
  expect(lines).toContain('The budget burns fast: 5 % of it in six hours.');
  expect(lines).toContain('90 % of 10 errors name cause, evidence and advice; the target is 95 %.');
  expect(lines).toContain('BARE (1): lacks advice');
});

test('R-UI-5: without failures and errors it says so', () => {
  const none = { ...messages, errors: 0, share: null, lacking: [] };
  const lines = said({ days: 30, recovery_ms_goal: 1_800_000, classes: [], messages: none });
  expect(lines).toContain('No failure was resolved.');
  expect(lines).toContain('There was no error.');
  const person = { ...one, objective: null, budget_left: null, burn: 'none', cost_usd: null } as const;
  expect(said({ days: 30, recovery_ms_goal: 1, classes: [person], messages: none })).toContain(
    '(80 %, no target)\n',
  );
});
