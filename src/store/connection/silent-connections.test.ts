import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../../test/database.ts';
import { openDatabase } from '../database.ts';
import { silentWay } from './silent-way.fixture.ts';

/** Moose promises that work continues before this. */
const silentMsMax = 30_000;

async function ground() {
  const cloned = await cloneDatabase();
  const way = await silentWay(cloned.url);
  const database = openDatabase(way.url, { connectionsMax: 4 });
  const straight = openDatabase(cloned.url, { connectionsMax: 2 });
  onTestFinished(async () => {
    await database.close();
    await straight.close();
    await cloned.drop();
  });
  const count = async (what: ReturnType<typeof sql>) =>
    (await sql<{ n: number }>`select count(*)::int as n from ${what}`.execute(straight.query)).rows[0]?.n;
  await sql`create table marks (n int)`.execute(straight.query);
  return { database, straight, way, count };
}

test('fear: silent connections are waited for forever (R-PIPE-8, R-BASE-2)', async () => {
  const { database, way, count } = await ground();
  // Opens four connections; later, one of them is in the middle of a transaction.
  await Promise.all(
    [1, 2, 3, 4].map(() => database.run((query) => sql`select pg_sleep(0.2)`.execute(query))),
  );
  let tries = 0;
  const startMs = performance.now();
  await database.transaction(async (query) => {
    tries += 1;
    await sql`lock table marks`.execute(query);
    await sql`insert into marks values (1)`.execute(query);
    if (tries === 1) expect(way.silence()).toBe(4);
    await sql`insert into marks values (2)`.execute(query);
  });
  await database.run((query) => sql`select 1`.execute(query));
  expect(performance.now() - startMs).toBeLessThan(silentMsMax);
  expect(tries).toBe(2);
  expect(await count(sql`marks`)).toBe(2);
});

test('fear: the connection goes silent before the answer to a commit, and the work is done twice (R-PIPE-8)', async () => {
  const { database, straight, way, count } = await ground();
  // The server is working on the commit when its connection falls silent.
  await sql`create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return null; end $$`.execute(
    straight.query,
  );
  await sql`create constraint trigger slow after insert on marks deferrable initially deferred
    for each row execute function slow()`.execute(straight.query);
  setTimeout(() => way.silence(), 1_000);
  await database.transaction((query) => sql`insert into marks values (1)`.execute(query));
  expect(await count(sql`marks`)).toBe(1);
});

test('fear: a slow statement is taken for a silent connection, and never completes (R-BASE-2)', async () => {
  const { database } = await ground();
  let tries = 0;
  await database.run((query) => {
    tries += 1;
    return sql`select pg_sleep(8)`.execute(query);
  });
  expect(tries).toBe(1);
});

test('fear: if old and new connections are silent, a process cannot stop (R-SES-6)', async () => {
  const { database, way } = await ground();
  await database.run((query) => sql`select 1`.execute(query));
  way.silenceAll();
  const stop = new AbortController();
  const asked = database.run((query) => sql`select 1`.execute(query), stop.signal);
  setTimeout(() => stop.abort(new Error('stop')), 500);
  const startMs = performance.now();
  await expect(asked).rejects.toThrow('stop');
  expect(performance.now() - startMs).toBeLessThan(silentMsMax / 3);
  way.mend();
  await database.run((query) => sql`select 1`.execute(query));
  expect(performance.now() - startMs).toBeLessThan(silentMsMax);
});
