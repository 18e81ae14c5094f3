import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { startTestServer } from '../../../test/database-server.ts';
import type { Database, Query } from '../database.ts';
import { type LiveCursor, parseCursor } from './live-cursor.ts';
import { currentCursor, eventsPerReadMax, forgetLive, readLive } from './live-events.ts';

// A separate server, because a snapshot contains the open transactions of the whole server, including those of other
// tests.
let server: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const write = (query: Query, subject: string, at = new Date()) =>
  sql`insert into live_events (topic, subject, at) values ('spec', ${subject}, ${at})`.execute(query);

/** A reader that returns, on each read, the events that are new to it. */
async function aReader(database: Database, from?: LiveCursor) {
  let cursor = from ?? (await currentCursor(database.query));
  return {
    at: () => cursor,
    read: async () => {
      const read = await readLive(database.query, cursor, false);
      cursor = read.cursor;
      return read.kind === 'lost' ? 'lost' : read.events.map(({ subject }) => subject);
    },
  };
}

test('fear: the events of a transaction that began earlier and is committed later are skipped', async () => {
  const database = await testDatabase(server.url);
  const { read } = await aReader(database);
  const slow = await database.query.startTransaction().execute();
  await write(slow, 'slow, first');
  await write(database.query, 'quick');
  expect(await read()).toEqual(['quick']);
  await write(slow, 'slow, second');
  const open = await database.query.startTransaction().execute();
  await write(open, 'still open');
  await write(database.query, 'quick again');
  expect(await read()).toEqual(['quick again']);
  expect(await read()).toEqual([]);
  await slow.commit().execute();
  expect(await read()).toEqual(['slow, first', 'slow, second']);
  expect(await read()).toEqual([]);
  await open.rollback().execute();
  expect(await read()).toEqual([]);
});

test('an event that is written under a savepoint belongs to its transaction', async () => {
  const database = await testDatabase(server.url);
  const { read } = await aReader(database);
  const outer = await database.query.startTransaction().execute();
  const inner = await outer.savepoint('inner').execute();
  await write(inner, 'inside');
  await write(database.query, 'beside');
  expect(await read()).toEqual(['beside']);
  await outer.commit().execute();
  expect(await read()).toEqual(['inside']);
});

test('a cursor is enough to continue, even in another process', async () => {
  const database = await testDatabase(server.url);
  await write(database.query, 'before');
  const slow = await database.query.startTransaction().execute();
  await write(slow, 'slow');
  await write(database.query, 'seen');
  const { at } = await aReader(database);
  await write(database.query, 'unseen');
  await slow.commit().execute();
  const { read } = await aReader(database, at());
  expect(await read()).toEqual(['slow', 'unseen']);
});

test('fear: after a crash the server reuses a number that a cursor has passed', async () => {
  const database = await testDatabase(server.url);
  const { at, read } = await aReader(database);
  await write(database.query, 'one');
  await read();
  const before = at();
  // Transactions without any data that is certainly on the disk.
  for (let times = 0; times < 5; times++) await sql`select pg_current_xact_id()`.execute(database.query);
  expect(await read()).toEqual([]);
  expect(at()).toEqual(before);
});

test('R-UI-1: a cursor from the future, or one older than the kept events, must start again', async () => {
  const database = await testDatabase(server.url);
  const old = await currentCursor(database.query);
  const at = new Date(Date.now() - 60_000);
  for (const subject of ['one', 'two', 'three']) await write(database.query, subject, at);
  const open = await database.query.startTransaction().execute();
  await write(open, 'open');
  await write(database.query, 'new');
  const kept = await currentCursor(database.query);
  const forget = (rowsMax: number) => forgetLive(database.query, { ageMs: 30_000, rowsMax });
  expect([await forget(2), await forget(2), await forget(2)]).toEqual([2, 1, 0]);
  await open.commit().execute();

  expect(await readLive(database.query, old, true)).toMatchObject({ kind: 'lost' });
  expect(await readLive(database.query, old, false)).toMatchObject({ kind: 'lost' });
  expect(await readLive(database.query, kept, true)).toMatchObject({
    kind: 'events',
    events: [{ subject: 'open' }],
  });
  const future = { below: kept.below + 1_000n, open: [] };
  const lost = await readLive(database.query, future, true);
  expect(lost.kind).toBe('lost');
  expect(await readLive(database.query, lost.cursor, true)).toMatchObject({ kind: 'events', events: [] });
});

test('when all events are forgotten, a cursor that had seen all of them continues', async () => {
  const database = await testDatabase(server.url);
  await write(database.query, 'one', new Date(0));
  const seen = await currentCursor(database.query);
  await forgetLive(database.query, { ageMs: 1_000, rowsMax: 10 });
  expect(await currentCursor(database.query)).toEqual(seen);
  expect(await readLive(database.query, seen, true)).toMatchObject({ kind: 'events', events: [] });
});

test('an open transaction older than the forgotten events invalidates an old cursor, but not a current one', async () => {
  const database = await testDatabase(server.url);
  const open = await database.query.startTransaction().execute();
  await write(open, 'open');
  await write(database.query, 'old', new Date(0));
  const cursor = await currentCursor(database.query);
  expect(cursor.open).toHaveLength(1);
  await forgetLive(database.query, { ageMs: 1_000, rowsMax: 10 });
  expect(await readLive(database.query, cursor, true)).toMatchObject({ kind: 'lost' });
  expect(await readLive(database.query, cursor, false)).toMatchObject({ kind: 'events' });
  await open.rollback().execute();
});

test('a cursor that has missed more events than one read returns must start again', async () => {
  const database = await testDatabase(server.url);
  const cursor = await currentCursor(database.query);
  const writeMany = (count: number) =>
    sql`insert into live_events (topic) select 'spec' from generate_series(1, ${count}::int)`.execute(
      database.query,
    );
  await writeMany(eventsPerReadMax);
  const read = await readLive(database.query, cursor, true);
  expect(read.kind === 'events' && read.events).toHaveLength(eventsPerReadMax);
  await writeMany(1);
  expect(await readLive(database.query, cursor, true)).toMatchObject({ kind: 'lost' });
  expect(await readLive(database.query, read.cursor, true)).toMatchObject({ events: [{ topic: 'spec' }] });
});

test('fear: rows of another server, from a dump, are returned by every read', async () => {
  const database = await testDatabase(server.url);
  await sql`insert into live_events (topic, xid, at) values ('spec', '4000000000000', 'epoch')`.execute(
    database.query,
  );
  const { read, at } = await aReader(database);
  await write(database.query, 'own');
  expect(await read()).toEqual(['own']);
  expect(await read()).toEqual([]);
  await forgetLive(database.query, { ageMs: 1_000, rowsMax: 10 });
  expect(await readLive(database.query, at(), true)).toMatchObject({ kind: 'events', events: [] });
  // The dump also contains the number of the last forgotten transaction of the old server.
  await sql`insert into system_config (key, value, updated_by) values ('live.forgotten', '"4000000000000"', 'x')
    on conflict (key) do update set value = excluded.value`.execute(database.query);
  expect(await readLive(database.query, at(), true)).toMatchObject({ kind: 'events', events: [] });
  expect(await currentCursor(database.query)).toEqual(at());
});

test('a cursor with the highest possible number counts as one from the future, not as an error', async () => {
  const database = await testDatabase(server.url);
  const cursor = parseCursor('9223372036854775807:1,2,3') as LiveCursor;
  expect(await readLive(database.query, cursor, true)).toMatchObject({ kind: 'lost' });
});
