import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId, type RunId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { raiseForecast } from '../failures/forecasts.ts';
import { saveRunScore } from '../work/run-scores.ts';
import { aWorkOrderAtWork, type Scratch } from '../work/scratch-rows.fixture.ts';
import { nowhereFigures, warnedRuns } from './nowhere-figures.ts';
import { insertOutcome } from './outcomes.ts';
import { pausedRuns } from './trends.ts';

const tried = (database: Database, { workOrderId, runId }: Scratch, number: number, success: boolean) =>
  insertOutcome(database.query, {
    id: newId<string>(new Date()),
    workOrderId,
    runId,
    success,
    agent: 'patch',
    try: number,
    complexity: 0,
    features: '{}',
    costNanoUsd: 0n,
    durationMs: 1n,
    refinementCycles: 0,
  });

const forecast = (database: Database, signal: 'nowhere_score' | 'going_nowhere', runId: RunId) =>
  raiseForecast(
    database.query,
    {
      key: `${signal}:${runId}`,
      signal,
      component: 'pipeline',
      subject: runId,
      value: 1,
      threshold: 0.9,
      message: 'It goes nowhere.',
    },
    new Date(),
  );

test('R-REC-9: fear: the first of three models fails, and counts as the end of a run that goes on and succeeds', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  const { runId, workOrderId } = work;
  const score = { score: 0.95, threshold: 0.91, mode: 'warn', hasPaused: false } as const;
  const row = { ...score, runId, workOrderId, cycle: 0, reasons: [], features: {}, costNanoUsd: 0n };
  await saveRunScore(database.query, row, new Date());
  await forecast(database, 'nowhere_score', runId);
  await tried(database, work, 1, false);
  expect(await warnedRuns(database.query)).toEqual([{ runId, success: null, isUnknowable: false }]);
  await tried(database, work, 2, false);
  await tried(database, work, 3, true);
  expect(await warnedRuns(database.query)).toEqual([{ runId, success: true, isUnknowable: false }]);
  await database.query.updateTable('runs').set({ state: 'ended' }).execute();
  expect(await nowhereFigures(database.query, new Date(0))).toMatchObject({
    runs: 1,
    nowhere: 0,
    warned: 1,
    warnedNowhere: 0,
  });
});

test('R-REC-9: fear: a pause counts as right while the run after it still tries other models', async () => {
  const database = await testDatabase();
  const before = await aWorkOrderAtWork(database, { step: 'verifying' });
  const { workOrderId } = before;
  await forecast(database, 'going_nowhere', before.runId);
  await database.query.updateTable('runs').set({ state: 'ended' }).execute();
  const runId = newId<RunId>(new Date());
  const next = { id: runId, workOrderId, number: 2, kind: 'work' } as const;
  await database.query.insertInto('runs').values(next).execute();
  const judged = async () => (await pausedRuns(database.query)).map(({ success }) => success);
  await tried(database, { ...before, runId }, 1, false);
  expect(await judged()).toEqual([null]);
  await tried(database, { ...before, runId }, 2, true);
  expect(await judged()).toEqual([true]);
});
