import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { Database } from '../../database.ts';
import { aWorkOrderAtWork } from '../scratch-rows.fixture.ts';
import { newestArtifact, saveArtifact } from '../sessions/artifacts.ts';
import { listResultsOfCycle, newestResultAmong } from './earlier-results.ts';
import {
  claimRun,
  holdFence,
  newestStepResult,
  newestStepResults,
  openRunOf,
  saveStepResult,
  updateRun,
} from './runs.ts';
import { plantStepResult, stepResult } from './step-results.fixture.ts';

const shared = sharedDatabase();

test('only the process that took up a run last can write', async () => {
  const database = shared();
  const { runId, workOrderId } = await aWorkOrderAtWork(database);
  const first = await claimRun(database.query, runId, 'a');
  const second = await claimRun(database.query, runId, 'b');
  expect([first?.fence, second?.fence, second?.executor]).toEqual([1, 2, 'b']);
  await expect(database.transaction((query) => holdFence(query, runId, 1))).rejects.toMatchObject({
    code: 'FENCE_LOST',
  });
  await expect(
    database.transaction((query) => holdFence(query, runId, 1, { starts: 9 })),
  ).rejects.toMatchObject({
    code: 'FENCE_LOST',
  });
  await database.transaction((query) => holdFence(query, runId, 2, { starts: 3 }));
  expect((await openRunOf(database.query, workOrderId))?.starts).toBe(3);
});

test('nobody can take up a run that has ended, or write to it', async () => {
  const database = shared();
  const { runId, workOrderId } = await aWorkOrderAtWork(database);
  await claimRun(database.query, runId, 'a');
  await updateRun(database.query, runId, { state: 'ended' });
  expect(await claimRun(database.query, runId, 'b')).toBeUndefined();
  await expect(database.transaction((query) => holdFence(query, runId, 1))).rejects.toMatchObject({
    code: 'FENCE_LOST',
  });
  expect(await openRunOf(database.query, workOrderId)).toBeUndefined();
});

/** The number of connections to this database that wait for a lock. */
async function waiters(database: Database): Promise<number> {
  const { rows } = await sql`select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(database.query);
  return rows.length;
}

test('fear: a writer that checked its fence commits after its successor has begun', async () => {
  const database = shared();
  const { runId } = await aWorkOrderAtWork(database);
  await claimRun(database.query, runId, 'a');
  const hasFence = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const order: string[] = [];
  const writer = database.transaction(async (query) => {
    await holdFence(query, runId, 1);
    hasFence.resolve();
    await mayCommit.promise;
    order.push('the first writes');
  });
  await hasFence.promise;
  const successor = claimRun(database.query, runId, 'b').then(() => order.push('the second has it'));
  // As soon as it is listed there, it waits for the lock.
  await expect.poll(() => waiters(database)).toBeGreaterThan(0);
  mayCommit.resolve();
  await Promise.all([writer, successor]);
  expect(order).toEqual(['the first writes', 'the second has it']);
});

test('R-PIPE-1: a step is finished only once: the first result stays', async () => {
  const database = shared();
  const { runId, workOrderId } = await aWorkOrderAtWork(database);
  const row = { runId, workOrderId, step: 'generating' as const, cycle: 0, startedAt: new Date() };
  const attempted = (attempts: number) => stepResult('generating', { attempts });
  for (const n of [1, 2]) await saveStepResult(database.query, { ...row, result: attempted(n) });
  expect(await newestStepResult(database.query, workOrderId, 'generating')).toEqual(attempted(1));
  await saveStepResult(database.query, { ...row, cycle: 1, result: attempted(3) });
  expect(await newestStepResult(database.query, workOrderId, 'generating')).toEqual(attempted(3));
  expect(await newestStepResult(database.query, workOrderId, 'applying')).toBeUndefined();
});

test('R-PIPE-1: fear: the clock of the database was set back, and an old result is taken for the newest', async () => {
  const database = shared();
  const { query } = database;
  const { runId, workOrderId } = await aWorkOrderAtWork(database);
  const owner = { runId, workOrderId, startedAt: new Date() };
  const artifact = { runId, workOrderId, kind: 'bundle' as const };
  for (const cycle of [0, 1]) {
    for (const step of ['generating', 'applying', 'verifying'] as const)
      await plantStepResult(query, {
        ...owner,
        step,
        cycle,
        result: { ...stepResult(step), summary: `${cycle}` },
      });
    await saveArtifact(query, { ...artifact, cycle, content: Buffer.from([cycle]) });
  }
  // The first cycle ended before the clock was set back.
  await sql`update step_results set finished_at = finished_at + (case step when 'generating' then 3 else 2 end) * interval '1 hour'
    where run_id = ${runId} and cycle = 0`.execute(query);
  await sql`update artifacts set created_at = created_at + interval '2 hours' where run_id = ${runId} and cycle = 0`.execute(
    query,
  );
  const newest = stepResult('applying', { summary: '1' });
  expect(await newestStepResult(query, workOrderId, 'applying')).toEqual(newest);
  expect((await newestStepResults(query, workOrderId)).get('applying')?.result).toEqual(newest);
  expect(await newestResultAmong(query, workOrderId, ['generating', 'applying'])).toEqual(newest);
  expect(await newestArtifact(query, workOrderId, 'bundle')).toEqual(Buffer.from([1]));
  const ofCycle = await listResultsOfCycle(query, runId, 0);
  expect(ofCycle.map(({ step }) => step)).toEqual(['verifying', 'applying', 'generating']);
});

test('a work order has only one run at a time', async () => {
  const database = shared();
  const { runId, workOrderId } = await aWorkOrderAtWork(database);
  const another = database.run((query) =>
    query
      .insertInto('runs')
      .values({ id: workOrderId as unknown as typeof runId, workOrderId, number: 2, kind: 'work' })
      .execute(),
  );
  await expect(another).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
});
