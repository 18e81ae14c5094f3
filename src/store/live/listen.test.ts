import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { silentWay } from '../connection/silent-way.fixture.ts';
import type { Database } from '../database.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { recordEvent } from '../work/work-orders/work-orders.ts';
import { type Channel, listenForEvents } from './listen.ts';

async function listening({ url }: { url: string }, channel?: Channel) {
  const rung: Array<string | null> = [];
  const stop = new AbortController();
  const { ready, closed } = listenForEvents(url, (id) => rung.push(id), stop.signal, channel);
  onTestFinished(() => {
    stop.abort();
    return closed;
  });
  await ready;
  return { rung, stop, closed };
}

const connections = async (database: Database) => {
  const { rows } = await sql<{ pid: number }>`select pid from pg_stat_activity
    where application_name = 'moose listen' and datname = current_database()`.execute(database.query);
  return rows.map(({ pid }) => pid);
};

const notify = (database: Database, channel: Channel, subject: string) =>
  sql`select pg_notify(${channel}, ${subject})`.execute(database.query);

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

test('listeners of all channels share a connection, and each hears only its own', async () => {
  const database = await testDatabase();
  const [one, same, other] = [
    await listening(database, 'moose_circuits'),
    await listening(database, 'moose_circuits'),
    await listening(database, 'moose_settings'),
  ];
  expect(await connections(database)).toHaveLength(1);
  await notify(database, 'moose_circuits', 'a');
  await notify(database, 'moose_settings', 'b');
  await until('all are heard', () => [one, same, other].every(({ rung }) => rung.length === 2));
  expect([one.rung, same.rung, other.rung]).toEqual([
    [null, 'a'],
    [null, 'a'],
    [null, 'b'],
  ]);
  await cut(database);
  await until('all are told', () => [one, same, other].every(({ rung }) => rung.length === 3));
  expect([one, same, other].map(({ rung }) => rung[2])).toEqual([null, null, null]);
  expect(await connections(database)).toHaveLength(1);
});

test('a listener that leaves hears nothing more, and the others do', async () => {
  const database = await testDatabase();
  const [one, same, other] = [
    await listening(database, 'moose_circuits'),
    await listening(database, 'moose_circuits'),
    await listening(database, 'moose_settings'),
  ];
  one.stop.abort();
  await one.closed;
  await notify(database, 'moose_circuits', 'a');
  await until('the other listener of the channel hears it', () => same.rung.length === 2);
  same.stop.abort();
  await same.closed;
  // The channel that nobody listens to is heard again by a later listener.
  const later = await listening(database, 'moose_circuits');
  await notify(database, 'moose_circuits', 'b');
  await notify(database, 'moose_settings', 'c');
  await until('those that are left hear it', () => later.rung.length === 2 && other.rung.length === 2);
  expect([one.rung, same.rung, later.rung]).toEqual([[null], [null, 'a'], [null, 'b']]);
});

test('listeners that come and go while the connection is being made are each told once', async () => {
  const database = await testDatabase();
  const all = [listening(database), listening(database, 'moose_live'), listening(database, 'moose_live')];
  const stop = new AbortController();
  const gone = listenForEvents(database.url, () => expect.unreachable(), stop.signal, 'moose_outbox');
  stop.abort();
  await Promise.all([gone.ready, gone.closed]);
  const rung = (await Promise.all(all)).map((one) => one.rung);
  await notify(database, 'moose_outbox', 'x');
  await notify(database, 'moose_live', 'y');
  await until('it is heard', () => rung[2]?.length === 2);
  expect(rung).toEqual([[null], [null, 'y'], [null, 'y']]);
  expect(await connections(database)).toHaveLength(1);
});

test('fear: a connection that has gone silent is listened to forever (R-PIPE-8)', {
  timeout: 60_000,
}, async () => {
  const database = await testDatabase();
  const way = await silentWay(database.url);
  const [one, other] = [await listening(way), await listening(way, 'moose_live')];
  way.silence();
  // One that leaves does not wait for an answer.
  other.stop.abort();
  await other.closed;
  await until('it listens again', () => one.rung.length === 2);
  await notify(database, 'moose_events', 'a');
  await until('it is heard', () => one.rung.length === 3);
});

test('fear: what could not be listened to once is never heard', async () => {
  const database = await testDatabase();
  const { rung } = await listening(database);
  const stop = new AbortController();
  // The server refuses to listen to a channel with this name, and the next connection too.
  const { ready, closed } = listenForEvents(database.url, () => undefined, stop.signal, ';' as Channel);
  await until('the connection is made again', () => rung.length > 1);
  stop.abort();
  await Promise.all([ready, closed]);
  await until('it listens to the other', async () => {
    await notify(database, 'moose_events', 'a');
    return rung.includes('a');
  });
});

test('it ends when the last listener is aborted', async () => {
  const database = await testDatabase();
  const [one, other] = [await listening(database), await listening(database, 'moose_live')];
  for (const { stop, closed } of [one, other]) {
    expect(await connections(database)).toHaveLength(1);
    stop.abort();
    await closed;
  }
  await until('its connection is gone', async () => (await connections(database)).length === 0);
  const again = await listening(database);
  expect(again.rung).toEqual([null]);
});
