import { expect, test } from 'vitest';
import type { Run } from '../../../store/work/runs/runs.ts';
import { stationsOf } from './stations.ts';

test('fear: steps that end within the same millisecond are shown in the wrong order', () => {
  const at = new Date('2026-11-20T02:00:00Z');
  const run = {
    id: 'r',
    number: 1,
    kind: 'work',
    state: 'ended',
    outcome: 'completed',
    createdAt: at,
  } as Run;
  const result = (cycle: number, step: 'routing' | 'generating' | 'applying') => ({
    runId: run.id,
    cycle,
    step,
    startedAt: at,
    finishedAt: at,
    result: {},
  });
  // Newest first, as the database returns them.
  const results = [
    result(1, 'applying'),
    result(1, 'generating'),
    result(0, 'applying'),
    result(0, 'routing'),
  ];
  const order = { step: null, stepState: null, heldBy: null };
  const stations = stationsOf({ order, runs: [run], results, entries: [], effects: [] });
  expect(stations.map(({ cycle, step }) => `${cycle} ${step}`)).toEqual([
    '0 routing',
    '0 applying',
    '1 generating',
    '1 applying',
  ]);
});
