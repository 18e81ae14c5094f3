import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { SystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { Database } from '../store/database.ts';
import { updateRun } from '../store/work/runs.ts';
import { startDurable } from './engine.ts';
import { queueName } from './enqueue-run.ts';
import { until } from './scratch-locks.fixture.ts';
import {
  aRunInTheQueue,
  prepareWork,
  type ScratchWorker,
  startWorkerProcess,
  story,
} from './scratch-workers.fixture.ts';

const timeoutMs = 150_000;
const hourMs = 3_600_000;
const waitLimitMs = 40_000;
/** Counts of a poll's room: each poll that finds nothing has two. */
const quietPolls = 4;

test('DBOS polls through the method that is replaced, and asks for nothing while the queue is quiet', {
  timeout: timeoutMs,
}, async () => {
  // If a version of DBOS asks in another way, this is never called, and the test fails.
  const asks = vi.spyOn(SystemDatabase.prototype, 'findAndMarkStartableWorkflows');
  const polls = vi.spyOn(SystemDatabase.prototype, 'countRunningWorkflowsForQueue');
  onTestFinished(() => void vi.restoreAllMocks());
  const database = await testDatabase();
  const executed: string[] = [];
  const engine = await startDurable({
    database,
    executorId: 'a',
    host: 'here',
    runsMax: 2,
    logger: pino({ level: 'silent' }),
    pollMs: 20,
    execute: async (runId) => {
      executed.push(runId);
      await database.transaction((query) => updateRun(query, runId, { state: 'ended', endedAt: new Date() }));
    },
    onLost: () => undefined,
  });
  onTestFinished(() => engine.close());
  expect(
    Object.hasOwn(DBOSExecutor.globalInstance?.systemDatabase ?? {}, 'findAndMarkStartableWorkflows'),
  ).toBe(true);
  const ofOwn = (calls: readonly unknown[][], nameOf: (call: unknown[]) => unknown) =>
    calls.filter((call) => nameOf(call) === queueName).length;
  const askCount = () => ofOwn(asks.mock.calls, ([queue]) => (queue as { name: string }).name);
  const pollCount = () => ofOwn(polls.mock.calls, ([name]) => name);
  const quiet = async () => {
    let since = { asks: askCount(), polls: pollCount() };
    await until(
      'the queue is quiet',
      () => {
        if (askCount() !== since.asks) since = { asks: askCount(), polls: pollCount() };
        return pollCount() >= since.polls + quietPolls;
      },
      waitLimitMs,
    );
  };
  for (let times = 1; times <= 3; times++) {
    await quiet();
    const before = askCount();
    const runId = await aRunInTheQueue(database, { isKept: true });
    await until(`${runId} is executed`, () => executed.includes(runId), waitLimitMs);
    expect(askCount()).toBeGreaterThan(before);
  }
  expect(new Set(executed).size).toBe(executed.length);
});

async function moveClock(worker: ScratchWorker, ms: number): Promise<void> {
  worker.child.stdin?.write(`clock ${ms}\n`);
  await worker.says(`clock ${ms}`);
}

/** No transaction rings the bell from now on. */
const muteBell = (database: Database) =>
  sql`alter table runs disable trigger runs_ring_queue`.execute(database.query);

/** Cuts the connections that listen for the bell; they are replaced after a moment. */
const cutListeners = (database: Database) =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
    and application_name = 'moose listen' and query in ('listen moose_queue', 'select 1')`.execute(
    database.query,
  );

const silences: Record<string, (database: Database, worker: ScratchWorker) => Promise<unknown>> = {
  'a notification is lost': muteBell,
  'the connection that listens is cut': cutListeners,
  'the connection that listens is cut, and a notification is lost': async (database) => {
    await cutListeners(database);
    await muteBell(database);
  },
  'the clock is set back': (_database, worker) => moveClock(worker, -hourMs),
  'the clock is set back, the connection is cut, and a notification is lost': async (database, worker) => {
    await moveClock(worker, -hourMs);
    await cutListeners(database);
    await muteBell(database);
  },
  'a notification is lost while the clock is set back again and again': async (database, worker) => {
    await muteBell(database);
    for (let hours = 1; hours <= 3; hours++) await moveClock(worker, -hours * hourMs);
  },
};

for (const [what, silence] of Object.entries(silences))
  test(`R-PIPE-1: fear: ${what} while the queue is quiet, and an enqueued run is never started`, {
    timeout: timeoutMs,
  }, async () => {
    const database = await testDatabase();
    await prepareWork(database);
    const worker = await startWorkerProcess(database, 'a');
    await worker.says('finished', await aRunInTheQueue(database));
    await silence(database, worker);
    for (const given of [{}, { delayMs: 300 }, {}])
      await worker.says('finished', await aRunInTheQueue(database, given));
    worker.child.stdin?.end('close\n');
    expect(await worker.gone).toBe(0);
  });

test('R-PIPE-1: fear: a machine whose clock is ahead starts all waiting work before its time', {
  timeout: timeoutMs,
}, async () => {
  const database = await testDatabase();
  await prepareWork(database);
  const worker = await startWorkerProcess(database, 'a');
  await moveClock(worker, 2 * hourMs);
  const later = await aRunInTheQueue(database, { delayMs: hourMs });
  // When each of these is finished, the delays have been looked at again.
  for (let times = 1; times <= 3; times++)
    await worker.says('finished', await aRunInTheQueue(database, { delayMs: 300 }));
  expect(await story(database, later)).toEqual([]);
});

test('fear: after rows were locked for a while, a process looks at the queue only every two minutes', {
  timeout: timeoutMs,
}, async () => {
  const asks = vi.spyOn(SystemDatabase.prototype, 'findAndMarkStartableWorkflows');
  onTestFinished(() => void vi.restoreAllMocks());
  const database = await testDatabase();
  await sql`do $$ begin execute format('alter database %I set lock_timeout = 20', current_database()); end $$`.execute(
    database.query,
  );
  const engine = await startDurable({
    database,
    executorId: 'a',
    host: 'here',
    runsMax: 2,
    pollMs: 20,
    logger: pino({ level: 'silent' }),
    execute: async () => undefined,
    onLost: () => undefined,
  });
  onTestFinished(() => engine.close());
  await database.transaction(async (query) => {
    await sql`lock table moose_dbos.workflow_status`.execute(query);
    const before = asks.mock.calls.length;
    const hasAskedOften = async () => {
      await sql`select pg_notify('moose_queue', '')`.execute(database.query);
      return asks.mock.calls.length >= before + 12;
    };
    // DBOS doubles its interval after each of them: the last one would come after more than a minute.
    await until('it has asked many times', hasAskedOften, waitLimitMs);
  });
});

test('work that comes while all places are taken is started when one is free, without a bell', {
  timeout: timeoutMs,
}, async () => {
  const database = await testDatabase();
  await prepareWork(database);
  const worker = await startWorkerProcess(database, 'a', 1);
  const first = await aRunInTheQueue(database, { isKept: true });
  await worker.says('began', first);
  const waiting = [await aRunInTheQueue(database), await aRunInTheQueue(database)];
  await muteBell(database);
  await sql`insert into gate values (${first})`.execute(database.query);
  for (const runId of [first, ...waiting]) await worker.says('finished', runId);
});
