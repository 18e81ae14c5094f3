// How recovery treats a run that a person paused and that no process carries.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { RunId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { updateRun } from '../store/work/runs/runs.ts';
import { loseMessages, messagesIn } from './messages.fixture.ts';
import { aRunInTheQueue, prepareWork, startWorkerProcess, story } from './scratch-workers.fixture.ts';

async function hold(database: Database, runId: RunId, change: Parameters<typeof updateRun>[2]) {
  await sql`update work_orders set held_by = 'human:ada', held_at = now()
    where id = (select work_order_id from runs where id = ${runId})`.execute(database.query);
  await updateRun(database.query, runId, change);
}

test('R-PIPE-11: the recovery of runs without a process leaves paused runs alone', async () => {
  const database = await testDatabase();
  await prepareWork(database);
  const names = ['laid down', 'resumed', 'cancelled', 'abandoned'] as const;
  const runs = new Map<string, RunId>();
  for (const name of names) runs.set(name, await aRunInTheQueue(database));
  const run = (name: (typeof names)[number]) => runs.get(name) as RunId;
  await loseMessages(database.query);
  await sql`update runs set created_at = now() - interval '1 minute'`.execute(database.query);
  await hold(database, run('laid down'), { leg: 1, executor: null });
  await hold(database, run('cancelled'), { leg: 1, executor: null });
  await sql`update work_orders set cancel_requested_at = now()
    where id = (select work_order_id from runs where id = ${run('cancelled')})`.execute(database.query);
  // Paused while one of its processes ran: the watching process died before it could stop the run.
  await hold(database, run('abandoned'), { executor: 'dead' });
  const worker = await startWorkerProcess(database, 'a');
  for (const name of ['resumed', 'cancelled', 'abandoned'] as const) {
    await worker.says('finished', run(name));
    expect(await story(database, run(name))).toEqual(['a began (1)', 'a finished (1)']);
  }
  // One statement checked all of these runs, so this one was checked too, and left alone.
  expect(await story(database, run('laid down'))).toEqual([]);
  const { rows } = await sql`select leg from runs where id = ${run('laid down')}`.execute(database.query);
  expect(rows).toEqual([{ leg: 1 }]);
});

test('fear: a process dies after it paused a run, and the process that takes over its work starts the run', async () => {
  const database = await testDatabase();
  await prepareWork(database);
  // Its process has released it, but has not recorded the end of its message: leg 0 is over, and leg 1 is paused.
  const asleep = await aRunInTheQueue(database);
  await hold(database, asleep, { leg: 1, executor: null });
  const worker = await startWorkerProcess(database, 'a');
  await worker.says('finished', await aRunInTheQueue(database, { delayMs: 1_500 }));
  expect(await messagesIn(database.query)).toEqual([]);
  expect(await story(database, asleep)).toEqual([]);
});
