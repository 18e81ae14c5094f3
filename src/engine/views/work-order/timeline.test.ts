import { expect, test } from 'vitest';
import type { Run } from '../../../store/work/runs/runs.ts';
import type { Station } from './stations.ts';
import { type TimelineFacts, timelineOf } from './timeline.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 2, minute));
const run = (number: number, createdAt: Date, cycle: number) =>
  ({ id: `r${number}`, number, kind: 'work', createdAt, cycle }) as Run;
const station = (runNumber: number, cycle: number, minute: number): Station => ({
  runId: `r${runNumber}`,
  run: runNumber,
  cycle,
  step: 'generating',
  state: 'done',
  startedAt: at(minute),
  finishedAt: at(minute + 1),
  result: {},
});
const entry = (minute: number, reason: string) => ({
  at: at(minute),
  step: 'generating' as const,
  stepState: 'running' as const,
  reason,
});
const decision = (minute: number, cycle: number, of: number) =>
  ({ kind: 'refinement_cycle', createdAt: at(minute), decisionOutput: { cycle, of } }) as never;

const facts: TimelineFacts = {
  stations: [station(1, 0, 0), station(1, 1, 10), station(1, 2, 20), station(2, 0, 30)],
  costs: [],
  runs: [run(2, at(29), 0), run(1, at(0), 2)],
  sessions: [],
  sessionNanoUsd: new Map(),
  calls: [],
  errors: [],
  // Newest first, as the database returns them.
  entries: [
    entry(30, 'human:ada chose: Try again'),
    entry(20, 'A message of human:ada'),
    entry(10, 'The test check failed.'),
    entry(0, 'claimed'),
  ],
  decisions: [decision(9, 1, 3)],
  counters: { run: 2, refinementCycles: 1, refinementCyclesMax: 4 },
};

test('fear: the timeline goes back, and nobody sees why', () => {
  expect(timelineOf(facts).map(({ because }) => because)).toEqual([
    null,
    'The test check failed.',
    'A message of human:ada',
    'human:ada chose: Try again',
  ]);
});

test('fear: a cycle is one of three in one place, and one of five in another', () => {
  expect(timelineOf(facts).map(({ cycles_max }) => cycles_max)).toEqual([null, 3, null, 3]);
});

test('only the first step of a cycle has a reason', () => {
  const stations = [station(1, 0, 0), { ...station(1, 0, 2), step: 'applying' as const }];
  expect(timelineOf({ ...facts, stations })[1]?.because).toBeNull();
});
