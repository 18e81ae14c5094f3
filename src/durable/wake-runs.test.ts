import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { RunId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { updateRun } from '../store/work/runs.ts';
import { aRunInTheQueue, prepareWork, startWorkerProcess } from './scratch-workers.fixture.ts';
import { wakeRuns, wakeRunsOfTheFuture } from './wake-runs.ts';

const longMs = 600_000;
const key = 'provider:anthropic';
const startMs = Date.UTC(2026, 0, 1);

async function aPausedRun(database: Database, pausedBy = key, place = 0, delayMs = longMs): Promise<RunId> {
  const runId = await aRunInTheQueue(database, { delayMs });
  await updateRun(database.query, runId, { pausedBy, pausedAt: new Date(startMs + place) });
  return runId;
}

async function ground(): Promise<Database> {
  const database = await testDatabase();
  await prepareWork(database);
  return database;
}

/** When each run starts, in milliseconds since the epoch, earliest first. */
async function delays(database: Database): Promise<Array<{ runId: RunId; atMs: number }>> {
  const { rows } = await sql<{
    runId: RunId;
    atMs: number;
  }>`select split_part(workflow_uuid, ':', 1) as run_id,
    delay_until_epoch_ms::float8 as at_ms from moose_dbos.workflow_status where status = 'DELAYED'
    order by delay_until_epoch_ms`.execute(database.query);
  return rows;
}

test('runs that a circuit paused start as soon as they are woken; runs of another circuit keep waiting', async () => {
  const database = await ground();
  const worker = await startWorkerProcess(database, 'a');
  const woken = [await aPausedRun(database), await aPausedRun(database), await aPausedRun(database)];
  const asleep = await aPausedRun(database, 'provider:openai');
  expect(await database.run((query) => wakeRuns(query, key))).toBe(3);
  for (const runId of woken) await worker.says('finished', runId);
  expect(await delays(database)).toMatchObject([{ runId: asleep }]);
});

test('fear: a hundred runs start at the same moment, and overload the service that has just recovered', async () => {
  const database = await ground();
  const runs: RunId[] = [];
  for (let place = 0; place < 100; place++) runs.push(await aPausedRun(database, key, place));
  const beforeMs = Date.now();
  expect(await database.run((query) => wakeRuns(query, key))).toBe(100);
  const woken = await delays(database);
  // They start in the order in which they began to wait, fifty per second.
  expect(woken.map(({ runId }) => runId)).toEqual(runs);
  const first = woken[0]?.atMs ?? Number.NaN;
  expect(first).toBeGreaterThanOrEqual(beforeMs);
  expect(first).toBeLessThanOrEqual(Date.now());
  expect(woken.map(({ atMs }) => atMs - first)).toEqual(runs.map((_, place) => place * 20));
});

test('waking twice, or by several processes at the same time, changes nothing', async () => {
  const database = await ground();
  for (let place = 0; place < 20; place++) await aPausedRun(database, key, place);
  await database.run((query) => wakeRuns(query, key));
  const woken = await delays(database);
  await Promise.all(Array.from({ length: 4 }, () => database.transaction((query) => wakeRuns(query, key))));
  expect(await delays(database)).toEqual(woken);
});

test('as many runs are woken as requested; a run that would start earlier by itself still does', async () => {
  const database = await ground();
  const soon = await aPausedRun(database, key, 5, 1);
  const [first, second, third] = [
    await aPausedRun(database, key, 1),
    await aPausedRun(database, key, 2),
    await aPausedRun(database, key, 3),
  ];
  const before = new Map((await delays(database)).map(({ runId, atMs }) => [runId, atMs]));
  expect(await database.run((query) => wakeRuns(query, key, { runsMax: 2 }))).toBe(2);
  const after = new Map((await delays(database)).map(({ runId, atMs }) => [runId, atMs]));
  for (const runId of [first, second]) expect(after.get(runId)).toBeLessThan(before.get(runId) ?? 0);
  for (const runId of [soon, third]) expect(after.get(runId)).toBe(before.get(runId));
  await database.run((query) => wakeRuns(query, key));
  expect((await delays(database)).find(({ runId }) => runId === soon)?.atMs).toBe(before.get(soon));
});

test('a run that has ended, is already running, or is at another leg is left alone', async () => {
  const database = await ground();
  await updateRun(database.query, await aPausedRun(database), { state: 'ended' });
  await updateRun(database.query, await aPausedRun(database), { pausedBy: null });
  await updateRun(database.query, await aPausedRun(database), { leg: 1 });
  const before = await delays(database);
  expect(await database.run((query) => wakeRuns(query, key))).toBe(0);
  expect(await delays(database)).toEqual(before);
});

test('only runs that were paused before a given time are woken', async () => {
  const database = await ground();
  const before = await aPausedRun(database, key, 10);
  const after = await aPausedRun(database, key, 20);
  const pausedUntil = new Date(startMs + 15);
  expect(await database.run((query) => wakeRuns(query, key, { pausedUntil }))).toBe(1);
  expect((await delays(database)).map(({ runId }) => runId)).toEqual([before, after]);
});

test('fear: the clock is set back by a day, and a wait of a minute takes a day', async () => {
  const database = await ground();
  const left = await aRunInTheQueue(database, { delayMs: longMs });
  const asleep = await aRunInTheQueue(database, { delayMs: longMs });
  await sql`update moose_dbos.workflow_status set created_at = created_at + 86400000,
    delay_until_epoch_ms = delay_until_epoch_ms + 86400000 where workflow_uuid like ${`${left}:%`}`.execute(
    database.query,
  );
  expect(await database.run(wakeRunsOfTheFuture)).toBe(1);
  const [first, second] = await delays(database);
  expect([first?.runId, second?.runId]).toEqual([left, asleep]);
  expect(first?.atMs).toBeLessThanOrEqual(Date.now());
  expect(second?.atMs).toBeGreaterThan(Date.now());
});
