// Whatever a process's clock says, and whatever happens to the bell of the queue, work starts, and not before its time.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { Database } from '../store/database.ts';
import {
  aRunInTheQueue,
  openGate,
  prepareWork,
  type ScratchWorker,
  startWorkerProcess,
  story,
} from './scratch-workers.fixture.ts';

const timeoutMs = 150_000;
const hourMs = 3_600_000;

async function ground(runsMax?: number): Promise<{ database: Database; worker: ScratchWorker }> {
  const database = await testDatabase();
  await prepareWork(database);
  return { database, worker: await startWorkerProcess(database, 'a', runsMax) };
}

async function moveClock(worker: ScratchWorker, ms: number): Promise<void> {
  worker.child.stdin?.write(`clock ${ms}\n`);
  await worker.says(`clock ${ms}`);
}

/** Cuts the connections of the queue, one of which listens for its bell; they are replaced after a moment. */
const cutConnections = (database: Database) =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
    and application_name = 'moose durable'`.execute(database.query);

const silences: Record<string, (database: Database, worker: ScratchWorker) => Promise<unknown>> = {
  'the connections are cut': cutConnections,
  'the clock is set back': (_database, worker) => moveClock(worker, -hourMs),
  'the clock is set back, and the connections are cut': async (database, worker) => {
    await moveClock(worker, -hourMs);
    await cutConnections(database);
  },
  'the clock is set forward and back again and again': async (_database, worker) => {
    for (const ms of [hourMs, 0, -hourMs, 0]) await moveClock(worker, ms);
  },
};

for (const [what, silence] of Object.entries(silences))
  test(`R-PIPE-1: fear: ${what} while the queue is quiet, and an enqueued run is never started`, {
    timeout: timeoutMs,
  }, async () => {
    const { database, worker } = await ground();
    await worker.says('finished', await aRunInTheQueue(database));
    await silence(database, worker);
    for (const given of [{}, { delayMs: 300 }, {}])
      await worker.says('finished', await aRunInTheQueue(database, given));
    worker.child.stdin?.end('close\n');
    expect(await worker.gone).toBe(0);
  });

for (const ahead of [2, -2])
  test(`R-PIPE-1: fear: a machine whose clock is ${ahead} hours ahead starts waiting work by its own clock`, {
    timeout: timeoutMs,
  }, async () => {
    const { database, worker } = await ground();
    await moveClock(worker, ahead * hourMs);
    const later = await aRunInTheQueue(database, { delayMs: hourMs });
    // When each of these is finished, the delays have been looked at again.
    for (let times = 1; times <= 3; times++)
      await worker.says('finished', await aRunInTheQueue(database, { delayMs: 300 }));
    expect(await story(database, later)).toEqual([]);
    const { rows } = await sql<{ ms: number }>`select extract(epoch from l.at - r.created_at) * 1000 as ms
      from work_log l join runs r on r.id = l.run_id where what = 'began'`.execute(database.query);
    for (const { ms } of rows) expect(Number(ms)).toBeGreaterThanOrEqual(300);
  });

test('R-BASE-2: work that comes while all places are taken is left to others, and started when one is free', {
  timeout: timeoutMs,
}, async () => {
  const { database, worker } = await ground(1);
  const first = await aRunInTheQueue(database, { isKept: true });
  await worker.says('began', first);
  const others = [await aRunInTheQueue(database), await aRunInTheQueue(database)];
  const b = await startWorkerProcess(database, 'b', 1);
  for (const runId of others) await b.says('finished', runId);
  b.child.kill('SIGKILL');
  await b.gone;
  const waiting = [await aRunInTheQueue(database), await aRunInTheQueue(database)];
  await openGate(database, first);
  for (const runId of [first, ...waiting]) await worker.says('finished', runId);
  expect(await story(database, first)).toEqual(['a began (1)', 'a finished (1)']);
});
