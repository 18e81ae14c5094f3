import { expect, test } from 'vitest';
import type { Ended } from './measure.ts';
import type { RoundResult } from './run-round.ts';
import { chooseScenarios } from './scenarios.ts';
import { atTheEnd, countsFor } from './side-by-side.ts';

const strike = (from: number, to: number) => ({ injectedAt: new Date(from), overAt: new Date(to) });
const [first, second] = [strike(0, 10), strike(10, 20)];

test('a work order that asked counts for the faults during which it failed', () => {
  const failed = { failedAt: [new Date(15)] };
  expect(countsFor(second, failed, [first, second])).toBe(true);
  expect(countsFor(first, failed, [first, second])).toBe(false);
});

test('if it failed during none of them, it counts for all that it met', () => {
  for (const failedAt of [[], [new Date(30)]])
    expect(countsFor(first, { failedAt }, [first, second])).toBe(true);
});

const ended = (given: Partial<Ended>): Ended => ({
  id: 'w',
  title: 'Write file 1',
  status: 'completed',
  at: new Date(5_000),
  failedAt: [],
  asked: [],
  ...given,
});

test.each([
  ['was withdrawn when the outage was over', ended({}), 'recovered', 4_000],
  ['was answered', ended({ asked: ['OUTAGE: it failed'] }), 'escalated', null],
  ['is still open', ended({ status: 'needs_review' }), 'escalated', null],
])('R-CHA-1: a question that %s', (_, last, outcome, recoveredMs) => {
  const [scenario] = chooseScenarios(['git-locked']);
  if (!scenario) throw new Error('There is no such scenario');
  const result: RoundResult = {
    round: { number: 1, scenario, lane: 'own 0', afterMs: 0, lastsMs: 0, pick: 0 },
    outcome: 'escalated',
    because: null,
    injectedAt: new Date(1_000),
    detectedMs: 1,
    recoveredMs: null,
    orders: [ended({ asked: ['OUTAGE: it failed'] })],
  };
  expect(atTheEnd(result, new Map([['w', last]]))).toMatchObject({ outcome, recoveredMs });
});
