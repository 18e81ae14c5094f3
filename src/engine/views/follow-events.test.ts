import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { updateRun } from '../../store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { recordEvent } from '../../store/work/work-orders/work-orders.ts';
import { followEvents } from './follow-events.ts';

const idsOf = async (database: Database, workOrderId: WorkOrderId) =>
  (
    await database.query
      .selectFrom('workOrderEvents')
      .select('id')
      .where('workOrderId', '=', workOrderId)
      .orderBy('id')
      .execute()
  ).map(({ id }) => id);

/** Follows until the run ends; returns the IDs in the order of arrival. */
function following(database: Database, workOrderId: WorkOrderId, afterId = 0n) {
  const seen: bigint[] = [];
  const done = followEvents(database, workOrderId, {
    afterId,
    signal: new AbortController().signal,
    onEvent: ({ id }) => seen.push(id),
  });
  return { seen, done };
}

const end = (database: Database, workOrderId: WorkOrderId, runId: RunId) =>
  database.transaction(async (query) => {
    await updateRun(query, runId, { state: 'ended' });
    await recordEvent(query, { workOrderId, kind: 'test', actor: 'the last' });
  });

const cutListeners = (database: Database) =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'moose listen' and datname = current_database()`.execute(database.query);

test('fear: of overlapping transactions, the event of the one that commits last is never seen', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const { seen, done } = following(database, workOrderId);
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      database.transaction(async (query) => {
        await recordEvent(query, { workOrderId, kind: 'test', actor: `writer ${index}` });
        // Transactions take random times, so they end in a different order than they began.
        await sql`select pg_sleep(random() * 0.02)`.execute(query);
      }),
    ),
  );
  await end(database, workOrderId, runId);
  await done;
  expect(seen).toEqual(await idsOf(database, workOrderId));
});

test('every event arrives once, in order, across lost connections', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const { seen, done } = following(database, workOrderId);
  for (let n = 0; n < 30; n++) {
    await recordEvent(database.query, { workOrderId, kind: 'test', actor: 'x' });
    if (n % 7 === 3) await cutListeners(database);
  }
  await end(database, workOrderId, runId);
  await done;
  expect(seen).toEqual(await idsOf(database, workOrderId));
});

test('fear: of an ended work order, only the first thousand events are returned', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  await sql`insert into work_order_events (work_order_id, kind, actor)
    select ${workOrderId}, 'test', 'x' from generate_series(1, 2500)`.execute(database.query);
  await updateRun(database.query, runId, { state: 'ended' });
  const all = await idsOf(database, workOrderId);
  const whole = following(database, workOrderId);
  await whole.done;
  expect(whole.seen).toEqual(all);
  const rest = following(database, workOrderId, all[2_000]);
  await rest.done;
  expect(rest.seen).toEqual(all.slice(2_001));
});

test('a follower stops when it is aborted, and leaves no connection', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  const followed = followEvents(database, workOrderId, {
    signal: stop.signal,
    onEvent: () => first.resolve(),
  }).catch((reason) => reason);
  await first.promise;
  stop.abort(new Error('enough'));
  expect(await followed).toEqual(new Error('enough'));
});
