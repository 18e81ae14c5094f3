import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { RunId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { updateRun } from '../store/work/runs/runs.ts';
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

/** When each waiting run starts, in milliseconds since the epoch, earliest first: its message and its row say the same. */
async function delays(database: Database): Promise<Array<{ runId: RunId; atMs: number }>> {
  const { rows } = await sql<{ runId: RunId; atMs: number; isSame: boolean }>`select r.id as run_id,
    (extract(epoch from j.run_at) * 1000)::float8 as at_ms, j.run_at = r.wake_at as is_same
    from moose_queue.jobs j join runs r on j.key = r.id || ':' || r.leg
    where r.wake_at is not null order by j.run_at`.execute(database.query);
  expect(rows.filter(({ isSame }) => !isSame)).toEqual([]);
  return rows.map(({ runId, atMs }) => ({ runId, atMs }));
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
  expect(woken.map(({ atMs }) => Math.round(atMs - first))).toEqual(runs.map((_, place) => place * 20));
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

test('a run that has ended or is already running is left alone', async () => {
  const database = await ground();
  await updateRun(database.query, await aPausedRun(database), { state: 'ended' });
  await updateRun(database.query, await aPausedRun(database), { pausedBy: null });
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
  // As if all of it had been written before: nothing of the queue's own is written in another way.
  await sql`update moose_queue._private_jobs set updated_at = updated_at + interval '1 day',
    run_at = run_at + interval '1 day' where key = ${`${left}:0`}`.execute(database.query);
  await sql`update runs set wake_at = wake_at + interval '1 day' where id = ${left}`.execute(database.query);
  expect(await database.run(wakeRunsOfTheFuture)).toBe(1);
  const [first, second] = await delays(database);
  expect([first?.runId, second?.runId]).toEqual([left, asleep]);
  expect(first?.atMs).toBeLessThanOrEqual(Date.now());
  expect(second?.atMs).toBeGreaterThan(Date.now());
});
