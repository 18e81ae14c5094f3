import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import type { Database } from '../database.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { recordEvent } from '../work/work-orders/work-orders.ts';
import { listenForEvents } from './listen.ts';

const waitMsMax = 8_000;

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const endMs = performance.now() + waitMsMax; !isSo(); await sleep(5)) {
    if (performance.now() > endMs) throw new Error(`Waited in vain for: ${what}`);
  }
}

async function listening(database: Database) {
  const rung: Array<string | null> = [];
  const stop = new AbortController();
  const { ready, closed } = listenForEvents(database.url, (id) => rung.push(id), stop.signal);
  onTestFinished(() => {
    stop.abort();
    return closed;
  });
  await ready;
  return { rung, stop, closed };
}

const cut = (database: Database) =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'moose listen' and datname = current_database()`.execute(database.query);

test('a listener is told about a work order when its event is committed, and not if it is rolled back', async () => {
  const database = await testDatabase();
  const [one, other] = [await aWorkOrderAtWork(database), await aWorkOrderAtWork(database)];
  const { rung } = await listening(database);
  const event = { kind: 'test', actor: 'x' };
  const failed = database.transaction(async (query) => {
    await recordEvent(query, { ...event, workOrderId: one.workOrderId });
    throw new RangeError('after all');
  });
  await expect(failed).rejects.toThrow(RangeError);
  await recordEvent(database.query, { ...event, workOrderId: other.workOrderId });
  await until('the event is heard', () => rung.includes(other.workOrderId));
  expect(rung).toEqual([null, other.workOrderId]);
});

test('after each lost connection the listener is told that anything may have happened', async () => {
  const database = await testDatabase();
  const { rung } = await listening(database);
  // More reconnects than the listeners that a signal may have before Node prints a warning.
  for (let times = 1; times <= 12; times++) {
    await cut(database);
    await until('it listens again', () => rung.length === times + 1);
  }
  const { workOrderId } = await aWorkOrderAtWork(database);
  await until('the event is heard', () => rung.includes(workOrderId));
});

test('it ends when it is aborted', async () => {
  const database = await testDatabase();
  const { stop, closed } = await listening(database);
  stop.abort();
  await closed;
  const { rows } = await sql`select from pg_stat_activity
    where application_name = 'moose listen' and datname = current_database() and state = 'active'`.execute(
    database.query,
  );
  expect(rows).toEqual([]);
});
