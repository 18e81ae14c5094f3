import { expect, test } from 'vitest';
import type { Station } from '../../../../src/contract/contract.ts';
import { runsOf, stationToLookAt, stepsDrawn } from './runs-of.ts';

const station = (
  run: number,
  cycle: number,
  step: Station['step'],
  state: Station['state'] = 'done',
): Station => ({
  run,
  cycle,
  step,
  state,
  started_at: null,
  finished_at: null,
  duration_ms: 1_000,
  cost_usd: 0.5,
  model_calls: 1,
  summary: '',
  attempts: [],
});

test('runs are listed newest first, with their cycles and steps in order', () => {
  const runs = runsOf([
    station(1, 1, 'routing'),
    station(1, 2, 'verifying'),
    station(1, 2, 'generating'),
    station(1, 1, 'generating', 'sent_back'),
    station(2, 1, 'generating', 'running'),
  ]);
  expect(runs.map(({ run, costUsd, durationMs }) => [run, costUsd, durationMs])).toEqual([
    [2, 0.5, 1_000],
    [1, 2, 4_000],
  ]);
  expect(runs[1]?.cycles.map(({ cycle, stations }) => [cycle, ...stations.map(({ step }) => step)])).toEqual([
    [1, 'routing', 'generating'],
    [2, 'generating', 'verifying'],
  ]);
});

test('the running or failed step is selected first, and none if all succeeded', () => {
  expect(stationToLookAt([])).toBeUndefined();
  expect(stationToLookAt([station(1, 1, 'routing'), station(1, 1, 'generating', 'failed')])).toBe(
    '1.1.generating',
  );
  const mended = [station(1, 1, 'verifying', 'sent_back'), station(1, 2, 'verifying')];
  expect(stationToLookAt(mended)).toBeUndefined();
});

test('waiting for CI is shown only if Moose waits for it', () => {
  expect(stepsDrawn([station(1, 1, 'routing')])).toHaveLength(7);
  expect(stepsDrawn([station(1, 1, 'awaiting_ci')])).toHaveLength(8);
});
