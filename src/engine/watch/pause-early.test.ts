import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId, type ReservationId, type RunId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { forecastPrecision } from '../../store/failures/forecasts.ts';
import { toJson } from '../../store/storable.ts';
import { plantStepResult } from '../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, type Scratch } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { lookAhead } from './forecast-job.ts';
import { pauseEarly } from './pause-early.ts';
import { movedClock } from './stuck.fixture.ts';

interface Told {
  plan: string;
  tree: string;
  output: string;
}

async function failedCycle(database: Database, { runId, workOrderId }: Scratch, cycle: number, told: Told) {
  const save = (step: 'generating' | 'applying' | 'verifying', result: object) =>
    plantStepResult(database.query, { runId, workOrderId, step, cycle, result, startedAt: new Date() });
  await save('generating', { proposal: { plan: told.plan, edits: [], risks: [] }, attempts: 1 });
  await save('applying', { outcome: 'changed', treeSha: told.tree });
  await save('verifying', {
    feedback: {
      summary: 'The test check `npm test` ended with exit code 1.',
      output: told.output,
      failureClass: 'x',
    },
  });
  await database.query
    .insertInto('costTracking')
    .values({
      id: newId<ReservationId>(new Date()),
      type: 'actual',
      status: 'settled',
      serviceName: 'proposer',
      workOrderId,
      runId,
      reservedNanoUsd: 0n,
      actualNanoUsd: 300_000_000n,
      model: 'm',
      settledAt: new Date(),
    })
    .execute();
}

const pause = (database: Database, { runId, workOrderId }: Scratch) =>
  database.transaction((query) =>
    pauseEarly(query, { runId, workOrderId, cyclesLeft: 2, equalFailuresMax: 3 }, new Date()),
  );

test('R-REC-9: if the same test fails with the same files, the run is paused, and the saving is recorded', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  const output = (ms: number) =>
    `\u001b[31mnot ok 3 - adds\u001b[0m\r\n# duration_ms ${ms}\n  at /tmp/w${ms}/a.js:3:9\nok 1 - x`;
  await failedCycle(database, work, 0, { plan: 'Add one', tree: 't1', output: output(12) });
  expect(await pause(database, work)).toBeNull();
  await failedCycle(database, work, 1, { plan: 'Add two', tree: 't2', output: output(15) });
  expect(await pause(database, work)).toBeNull();
  await failedCycle(database, work, 2, { plan: 'Add one, I think', tree: 't1', output: output(99) });
  const reason = await pause(database, work);
  expect(reason).toBe(
    'The test check `npm test` ended with exit code 1 fails in the same way twice in a row, and the files are the same as in cycle 1.',
  );
  const [row] = await database.query.selectFrom('forecasts').selectAll().execute();
  expect(row).toMatchObject({
    signal: 'going_nowhere',
    workOrderId: work.workOrderId,
    savedNanoUsd: 600_000_000n,
  });
  expect(row?.message).toContain('saves about $0.60 for 2 more cycles');
});

test('R-REC-9: of four changes that would fail alike, the run is paused after the third, and the saving is recorded', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  const output = (line: number) => `✖ adds (${line}ms)\n  1 !== 2\n    at /tmp/w/a.js:${line}:9\nℹ fail 1`;
  for (const cycle of [0, 1, 2]) {
    expect(await pause(database, work)).toBeNull();
    await failedCycle(database, work, cycle, {
      plan: `Plan ${cycle}`,
      tree: `t${cycle}`,
      output: output(cycle + 3),
    });
  }
  expect(await pause(database, work)).toBe(
    'The test check `npm test` ended with exit code 1: 3 different changes in a row failed with the same message.',
  );
  const [row] = await database.query.selectFrom('forecasts').selectAll().execute();
  expect(row).toMatchObject({ signal: 'going_nowhere', savedNanoUsd: 600_000_000n });
});

test('R-REC-9: an identical proposal is not paid for again; a new one that fails differently continues', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  await failedCycle(database, work, 0, { plan: 'Same', tree: 't1', output: 'not ok 1 - a' });
  await failedCycle(database, work, 1, { plan: 'New', tree: 't2', output: 'not ok 2 - b' });
  expect(await pause(database, work)).toBeNull();
  await failedCycle(database, work, 2, { plan: 'Same', tree: 't3', output: 'not ok 4 - c' });
  expect(await pause(database, work)).toMatch(/^The model repeats its proposal from cycle \d+ word for word/);
});

test.each<
  [string, { settings: object; success: boolean | null; isSettled?: boolean }, boolean | null, number]
>([
  ['the same again fails again: it was right', { settings: {}, success: false }, true, 1],
  ['the same again succeeds: it was wrong', { settings: {}, success: true }, false, 1],
  ['a human changed something: nobody knows', { settings: { note: 'Try this' }, success: true }, null, 0],
  ['it was given up: nobody knows', { settings: {}, success: null, isSettled: true }, null, 0],
])('R-REC-9: a pause is judged by what happened next: %s', async (_, after, cameTrue, judged) => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  await failedCycle(database, work, 0, { plan: 'Same', tree: 't1', output: 'x' });
  await failedCycle(database, work, 1, { plan: 'Same', tree: 't1', output: 'x' });
  await pause(database, work);
  const clock = movedClock();
  const deps = {
    database,
    clock,
    logger: pino({ level: 'silent' }),
    pressure: { allows: () => true },
    settings: {
      withoutProgress: { agentRunsMax: 12, modelCallsMax: 40, costNanoUsdMax: 10n ** 10n },
      modelTimeoutMs: 180_000,
      checkTimeLimitMs: 900_000,
    },
  };
  await lookAhead(deps);
  const open = await database.query
    .selectFrom('forecasts')
    .selectAll()
    .where('endedAt', 'is', null)
    .execute();
  expect(open).toHaveLength(1);
  const { workOrderId } = work;
  await database.query.updateTable('runs').set({ state: 'ended' }).execute();
  if (after.success !== null) {
    const id = newId<RunId>(new Date());
    const settings = toJson(after.settings);
    const run = { id, workOrderId, number: 2, kind: 'work', settings, state: 'ended' } as const;
    await database.query.insertInto('runs').values(run).execute();
    await database.query
      .insertInto('outcomeVectors')
      .values({
        id: newId(new Date()),
        workOrderId,
        runId: id,
        success: after.success,
        agent: 'patch',
        complexity: 0,
        features: '{}',
        costNanoUsd: 0n,
        durationMs: 1n,
        refinementCycles: 0,
      })
      .execute();
  }
  if (after.isSettled) {
    const cancelled = {
      status: 'cancelled',
      stepState: 'done',
      changedBy: 'human:a',
      changedBecause: 'x',
    } as const;
    await changeWorkOrder(database.query, workOrderId, {}, cancelled);
  }
  clock.move(60_000);
  await lookAhead(deps);
  const [row] = await database.query.selectFrom('forecasts').selectAll().execute();
  expect(row).toMatchObject({ cameTrue, endedAt: expect.any(Date) });
  const [precision] = await forecastPrecision(database.query, new Date(0));
  // A wrong pause saved nothing.
  expect(precision).toMatchObject({ judged, savedNanoUsd: cameTrue === false ? 0n : 600_000_000n });
});
