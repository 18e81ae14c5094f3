import { expect, test } from 'vitest';
import type { Station } from '../../../../src/api/contract.ts';
import { runsOf, stationToLookAt, stepsDrawn } from './runs-of.ts';

const station = (
  run: number,
  cycle: number,
  step: Station['step'],
  state: Station['state'] = 'done',
): Station => ({
  ...{ run, cycle, step, state, started_at: null, finished_at: null, duration_ms: 1_000, cost_usd: 0.5 },
  ...{ model_calls: 1, summary: '', attempts: [] },
});

test('runs stand apart, the newest first; their cycles and stations in order', () => {
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

test('the station that is looked at first is the one that is under way or has failed, and none where all went well', () => {
  expect(stationToLookAt([])).toBeUndefined();
  expect(stationToLookAt([station(1, 1, 'routing'), station(1, 1, 'generating', 'failed')])).toBe(
    '1.1.generating',
  );
  const mended = [station(1, 1, 'verifying', 'sent_back'), station(1, 2, 'verifying')];
  expect(stationToLookAt(mended)).toBeUndefined();
});

test('CI is drawn only where it is waited for', () => {
  expect(stepsDrawn([station(1, 1, 'routing')])).toHaveLength(6);
  expect(stepsDrawn([station(1, 1, 'awaiting_ci')])).toHaveLength(7);
});
