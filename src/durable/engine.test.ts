import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { RunId } from '../domain/ids.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { silentWay } from '../store/connection/silent-way.fixture.ts';
import type { Database } from '../store/database.ts';
import { updateRun } from '../store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { announceRuns, enqueueRun } from './enqueue-run.ts';
import { warningsOf } from './graphile-worker.ts';
import { loseMessages, messagesIn } from './messages.fixture.ts';
import {
  aRunInTheQueue,
  openGate,
  prepareWork,
  startWorkerProcess,
  story,
  workLog,
} from './scratch-workers.fixture.ts';

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
    await enqueueRun(query, rolledBack);
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

test('a run whose message is lost is started, and so is one that this process has but does not carry', async () => {
  const database = await ground();
  const lost = await aRunInTheQueue(database);
  const { runId: neverQueued } = await aWorkOrderAtWork(database);
  const { runId: ofTheForgotten } = await aWorkOrderAtWork(database);
  const later = await aRunInTheQueue(database, { delayMs: 600_000 });
  await loseMessages(database.query);
  await sql`update runs set created_at = now() - interval '1 minute'`.execute(database.query);
  // The row of its process was deleted long ago.
  await updateRun(database.query, ofTheForgotten, { executor: 'forgotten' });
  const { runId: neverQueuedBefore } = await aWorkOrderAtWork(database);
  // Before the clock of the database was set back.
  await sql`update runs set created_at = now() + interval '1 hour' where id = ${neverQueuedBefore}`.execute(
    database.query,
  );
  const runs = [lost, neverQueued, ofTheForgotten, neverQueuedBefore];
  for (const runId of runs.slice(1)) await openGate(database, runId);
  const worker = await startWorkerProcess(database, 'a');
  // It was taken up, and its end could not be written.
  const { runId: dropped } = await aWorkOrderAtWork(database);
  await openGate(database, dropped);
  await updateRun(database.query, dropped, { executor: 'a' });
  const carried = await aRunInTheQueue(database, { isKept: true });
  await worker.says('began', carried);
  for (const runId of [...runs, dropped]) {
    await worker.says('finished', runId);
    expect(await story(database, runId)).toEqual(['a began (1)', 'a finished (1)']);
  }
  // A run that the worker really carries is not taken away, and one that waits keeps its time.
  expect(await story(database, carried)).toEqual(['a began (1)']);
  expect(await story(database, later)).toEqual([]);
});

test('fear: the end of a message cannot be recorded, and nothing is taken from the queue any more', async () => {
  const database = await ground();
  const { query } = database;
  await sql`create function refuse_end() returns trigger language plpgsql as $$
    begin raise exception 'no end today'; end $$`.execute(query);
  await sql`create trigger refuse_end before delete on moose_queue._private_jobs for each row
    execute function refuse_end()`.execute(query);
  const worker = await startWorkerProcess(database, 'a');
  const runs = [await aRunInTheQueue(database), await aRunInTheQueue(database)];
  for (const runId of runs) await worker.says('finished', runId);
  await sql`drop trigger refuse_end on moose_queue._private_jobs`.execute(query);
  const next = await aRunInTheQueue(database);
  await worker.says('finished', next);
  await until('no message is left', async () => (await messagesIn(query)).length === 0);
  for (const runId of [...runs, next])
    expect(await story(database, runId)).toEqual(['a began (1)', 'a finished (1)']);
});

test('fear: the ends of two messages cannot be recorded, and the runner of the queue never says that it has stopped', async () => {
  const database = await ground();
  const { query } = database;
  await sql`create sequence public.refused`.execute(query);
  await sql`create function refuse_end() returns trigger language plpgsql as $$
    begin perform nextval('public.refused'), pg_sleep(2); raise exception 'no end today'; end $$`.execute(
    query,
  );
  await sql`create trigger refuse_end before delete on moose_queue._private_jobs for each row
    execute function refuse_end()`.execute(query);
  const worker = await startWorkerProcess(database, 'a');
  const runs: RunId[] = [];
  for (const times of [1, 2]) {
    runs.push(await aRunInTheQueue(database));
    await until(`${times} ends are refused`, async () => {
      const { rows } = await sql`select from pg_sequences where sequencename = 'refused'
        and last_value >= ${times}`.execute(query);
      return rows.length > 0;
    });
  }
  // The runner waits for its look at the queue, which waits for this lock, until both ends have failed.
  await database.transaction(async (held) => {
    await sql`lock table moose_queue._private_jobs in exclusive mode`.execute(held);
    await sql`drop trigger refuse_end on moose_queue._private_jobs`.execute(held);
  });
  runs.push(await aRunInTheQueue(database));
  for (const runId of runs) await worker.says('finished', runId);
  await until('no message is left', async () => (await messagesIn(query)).length === 0);
  for (const runId of runs) expect(await story(database, runId)).toEqual(['a began (1)', 'a finished (1)']);
});

test('R-BASE-2: a message that comes twice, or for a run that a living process has, starts nothing', async () => {
  const database = await ground();
  const [a, b] = [await startWorkerProcess(database, 'a'), await startWorkerProcess(database, 'b')];
  const run = await aRunInTheQueue(database, { isKept: true });
  await until('it is begun', async () => (await story(database, run)).length > 0);
  const [began] = await workLog(database, run);
  const holder = began?.executor === 'a' ? a : b;
  for (let times = 0; times < 3; times++) {
    expect(await announceRuns(database.query, sql`r.id = ${run}`)).toMatchObject({ all: 1 });
    await until('the message is answered', async () => (await messagesIn(database.query)).length === 0);
  }
  await openGate(database, run);
  await holder.says('finished', run);
  expect(await story(database, run)).toHaveLength(2);
  expect([...a.said, ...b.said].filter(({ event }) => event === 'began')).toHaveLength(1);
});

test('R-BASE-2: a process that dies with a message in its hands leaves it to the next one', async () => {
  const database = await ground();
  const a = await startWorkerProcess(database, 'a');
  // It cannot decide whether the run is its own, because somebody else holds the row.
  const run = await aRunInTheQueue(database, { delayMs: 600_000 });
  const holder = await database.query.startTransaction().execute();
  await holder.selectFrom('runs').select('id').where('id', '=', run).forUpdate().execute();
  await sql`select moose_queue.reschedule_jobs(array(select id from moose_queue.jobs), run_at => now())`.execute(
    database.query,
  );
  await until('it is in the hands of the process', async () => {
    const { rows } = await sql`select from moose_queue.jobs where locked_at is not null`.execute(
      database.query,
    );
    return rows.length === 1;
  });
  a.child.kill('SIGKILL');
  await a.gone;
  await holder.rollback().execute();
  const b = await startWorkerProcess(database, 'b');
  // The start of a process is not measured: on a busy machine it takes seconds.
  const upMs = performance.now();
  await b.says('finished', run);
  expect(performance.now() - upMs).toBeLessThan(2 * claimMsMax);
  expect(await story(database, run)).toEqual(['b began (1)', 'b finished (1)']);
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
  const warn = warningsOf({ warn: (entry: object) => void said.push(entry) });
  for (let n = 0; n < 1_000; n += 1) {
    warn(`Failed task ${n}`);
    warn('Another');
  }
  expect(said).toEqual([{ queue: 'Failed task 0' }, { queue: 'Another' }]);
});
