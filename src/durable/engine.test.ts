import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { silentWay } from '../store/connection/silent-way.fixture.ts';
import type { Database } from '../store/database.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { loggerFor } from './engine.ts';
import { enqueueRun } from './enqueue-run.ts';
import { until } from './scratch-locks.fixture.ts';
import {
  aRunInTheQueue,
  openGate,
  prepareWork,
  startWorkerProcess,
  story,
  workLog,
} from './scratch-workers.fixture.ts';

const timeoutMs = 60_000;
/** Two checks of 250 ms, the claim, and extra time for a busy machine. */
const claimMsMax = 4_000;

async function ground(): Promise<Database> {
  const database = await testDatabase();
  await prepareWork(database);
  return database;
}

test('a start that is rolled back starts nothing; a committed one runs once, not before its delay', async () => {
  const database = await ground();
  const worker = await startWorkerProcess(database, 'a');
  const { runId: rolledBack } = await aWorkOrderAtWork(database);
  const failed = database.transaction(async (query) => {
    await enqueueRun(query, rolledBack, 0);
    throw new Error('after all');
  });
  await expect(failed).rejects.toThrow('after all');
  const delayed = await aRunInTheQueue(database, { delayMs: 800 });
  const runs = [await aRunInTheQueue(database), await aRunInTheQueue(database), delayed];
  for (const runId of runs) await worker.says('finished', runId);
  for (const runId of runs) expect(await story(database, runId)).toEqual(['a began (1)', 'a finished (1)']);
  expect(await story(database, rolledBack)).toEqual([]);
  const { rows } = await sql<{ ms: number }>`select extract(epoch from l.at - r.created_at) * 1000 as ms
    from work_log l join runs r on r.id = l.run_id where what = 'began' and r.id = ${delayed}`.execute(
    database.query,
  );
  expect(Number(rows[0]?.ms)).toBeGreaterThanOrEqual(800);
});

test('R-BASE-2: the work of a killed process is taken up by another one immediately', async () => {
  const database = await ground();
  const [a, b] = await Promise.all([startWorkerProcess(database, 'a'), startWorkerProcess(database, 'b')]);
  const runs = [
    await aRunInTheQueue(database, { isKept: true }),
    await aRunInTheQueue(database, { isKept: true }),
  ];
  for (const runId of runs)
    await until(`${runId} is begun`, async () => (await story(database, runId)).length > 0);
  const mine = (await workLog(database)).filter(({ executor }) => executor === 'a');
  a.child.kill('SIGKILL');
  const startMs = performance.now();
  await a.gone;
  for (const { runId } of mine) await b.says('began', runId);
  expect(performance.now() - startMs).toBeLessThan(claimMsMax);
  for (const runId of runs) {
    await openGate(database, runId);
    await b.says('finished', runId);
  }
  for (const { runId } of mine)
    expect(await story(database, runId)).toEqual(['a began (1)', 'b began (2)', 'b finished (2)']);
});

test('a process that is frozen for a short time is not dead, and keeps its work', async () => {
  const database = await ground();
  const a = await startWorkerProcess(database, 'a');
  const kept = await aRunInTheQueue(database, { isKept: true });
  await a.says('began', kept);
  a.child.kill('SIGSTOP');
  const b = await startWorkerProcess(database, 'b');
  // By then the other worker has looked for dead processes several times.
  const later = await aRunInTheQueue(database, { delayMs: 1_500 });
  await b.says('finished', later);
  a.child.kill('SIGCONT');
  await openGate(database, kept);
  await a.says('finished', kept);
  expect(await story(database, kept)).toEqual(['a began (1)', 'a finished (1)']);
});

test('R-BASE-2: fear: after an outage of the database, the first process to come back takes the work of those that live', async () => {
  const database = await ground();
  const way = await silentWay(database.url);
  const a = await startWorkerProcess({ ...database, url: way.url }, 'a');
  const kept = await aRunInTheQueue(database, { isKept: true });
  await a.says('began', kept);
  const b = await startWorkerProcess(database, 'b');
  // Both lose their connections, and the way of one is closed for longer.
  way.shut();
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like 'moose%' and datname = current_database() and pid <> pg_backend_pid()`.execute(
    database.query,
  );
  // By then the other one has looked for dead processes several times.
  await b.says('finished', await aRunInTheQueue(database, { delayMs: 1_500 }));
  await way.reopen();
  await openGate(database, kept);
  await a.says('finished', kept);
  expect(await story(database, kept)).toEqual(['a began (1)', 'a finished (1)']);
});

test('fear: a process that was believed dead comes back and writes', async () => {
  const database = await ground();
  const a = await startWorkerProcess(database, 'a');
  const run = await aRunInTheQueue(database, { isKept: true });
  await a.says('began', run);
  a.child.kill('SIGSTOP');
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'moose locks' and datname = current_database()`.execute(database.query);
  const b = await startWorkerProcess(database, 'b');
  await b.says('began', run);
  b.child.kill('SIGSTOP');
  await openGate(database, run);
  a.child.kill('SIGCONT');
  await a.says('fenced', run);
  expect(await story(database, run)).toEqual(['a began (1)', 'b began (2)']);
  b.child.kill('SIGCONT');
  await b.says('finished', run);
  // The worker that came back gets new work like any other.
  const next = await aRunInTheQueue(database);
  await until('the next run is over', async () => (await story(database, next)).length === 2);
  expect(await story(database, run)).toEqual(['a began (1)', 'b began (2)', 'b finished (2)']);
});

test('a run that no workflow carries is started again, and so is one whose claim was lost', async () => {
  const database = await ground();
  const lost = await aRunInTheQueue(database);
  const { runId: neverQueued } = await aWorkOrderAtWork(database);
  await openGate(database, neverQueued);
  await sql`delete from moose_dbos.workflow_status`.execute(database.query);
  await sql`update runs set created_at = now() - interval '1 minute'`.execute(database.query);
  const { runId: neverQueuedBefore } = await aWorkOrderAtWork(database);
  await openGate(database, neverQueuedBefore);
  // Before the clock of the database was set back.
  await sql`update runs set created_at = now() + interval '1 hour' where id = ${neverQueuedBefore}`.execute(
    database.query,
  );
  const worker = await startWorkerProcess(database, 'a');
  // The answer to the worker's claim was lost with a connection: the queue says that a living process has the work.
  const unheard = await aRunInTheQueue(database, { delayMs: 60_000 });
  await sql`update moose_dbos.workflow_status set status = 'PENDING', executor_id = 'a', owner_xid = 'lost',
    started_at_epoch_ms = 0 where status = 'DELAYED'`.execute(database.query);
  const carried = await aRunInTheQueue(database, { isKept: true });
  await worker.says('began', carried);
  for (const runId of [lost, neverQueued, neverQueuedBefore, unheard]) {
    await worker.says('finished', runId);
    expect(await story(database, runId)).toEqual(['a began (1)', 'a finished (1)']);
  }
  // Work that the worker really carries is not taken away.
  expect(await story(database, carried)).toEqual(['a began (1)']);
});

test('fear: the end of a run cannot be written to the queue, where it stays as carried forever', async () => {
  const database = await ground();
  const { query } = database;
  // An update that fails and that the engine does not retry. The engine writes a refused success as an error, so only a
  // refused error ends its attempts.
  await sql`create function refuse_end() returns trigger language plpgsql as $$
    begin
      if new.status = 'ERROR' then perform nextval('moose.refusals'); end if;
      raise exception 'no end today';
    end $$`.execute(query);
  await sql`create sequence refusals`.execute(query);
  await sql`create trigger refuse_end before update on moose_dbos.workflow_status for each row
    when (new.status in ('SUCCESS', 'ERROR')) execute function refuse_end()`.execute(query);
  const worker = await startWorkerProcess(database, 'a');
  const runs = [await aRunInTheQueue(database), await aRunInTheQueue(database)];
  for (const runId of runs) await worker.says('finished', runId);
  const ends = async () => {
    const { rows } = await sql<{ status: string }>`select status from moose_dbos.workflow_status`.execute(
      query,
    );
    return rows.map(({ status }) => status);
  };
  await until('each end was refused', async () => {
    const { rows } = await sql<{
      n: number;
    }>`select last_value::int as n from refusals where is_called`.execute(query);
    return (rows[0]?.n ?? 0) >= runs.length;
  });
  for (const end of await ends()) expect(['PENDING', 'ENQUEUED']).toContain(end);
  await sql`drop trigger refuse_end on moose_dbos.workflow_status`.execute(query);
  await until(
    'they are over for the queue too',
    async () => (await ends()).every((end) => end === 'SUCCESS' || end === 'ERROR'),
    40_000,
  );
  for (const runId of runs) expect(await story(database, runId)).toEqual(['a began (1)', 'a finished (1)']);
});

test('fear: work that came back to the process that still carries it is given back again and again', async () => {
  const database = await ground();
  const worker = await startWorkerProcess(database, 'a');
  const run = await aRunInTheQueue(database, { isKept: true });
  await worker.says('began', run);
  // Another process took this one for dead, because the connection with its lock was away for a moment.
  await sql`update moose_dbos.workflow_status set status = 'ENQUEUED', owner_xid = null, started_at_epoch_ms = null`.execute(
    database.query,
  );
  await worker.says('fenced', run);
  expect(await story(database, run)).toEqual(['a began (1)', 'a began (2)']);
  const beats = async () => {
    const { rows } = await sql<{ beats: string }>`select beats from executors where id = 'a'`.execute(
      database.query,
    );
    return Number(rows[0]?.beats);
  };
  // As long as several looks for work that this process does not carry.
  const since = await beats();
  await until('the process has looked', async () => (await beats()) >= since + 3, timeoutMs / 2);
  await openGate(database, run);
  await worker.says('finished', run);
  expect(await story(database, run)).toEqual(['a began (1)', 'a began (2)', 'a finished (2)']);
});

test('a process that closes leaves its runs to the next one', async () => {
  const database = await ground();
  const a = await startWorkerProcess(database, 'a');
  const run = await aRunInTheQueue(database, { isKept: true });
  await a.says('began', run);
  a.child.stdin?.end();
  await a.says('closed');
  expect(await a.gone).toBe(0);
  const b = await startWorkerProcess(database, 'b');
  await b.says('began', run);
  await openGate(database, run);
  await b.says('finished', run);
  expect(await story(database, run)).toEqual(['a began (1)', 'b began (2)', 'b finished (2)']);
});

test('fear: the messages of the queue, many per second while the database refuses it, fill the disk', () => {
  const said: unknown[] = [];
  const logger = loggerFor({ warn: (entry: object) => void said.push(entry) });
  for (let n = 0; n < 1_000; n += 1) {
    logger.error('Error getting startable workflows');
    logger.warn(new Error('Another'));
  }
  logger.info();
  expect(said).toEqual([{ dbos: 'Error getting startable workflows' }, { dbos: 'Error: Another' }]);
});
