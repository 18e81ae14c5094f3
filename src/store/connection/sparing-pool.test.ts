import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../../test/database.ts';
import { openDatabase, type Query } from '../database.ts';

const connectionsMax = 12;

async function ground() {
  const { url, drop } = await cloneDatabase();
  const database = openDatabase(url, { connectionsMax });
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  const connections = async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_stat_activity
      where datname = current_database()`.execute(database.query);
    return rows[0]?.n ?? 0;
  };
  return { database, connections };
}

test('many short statements at the same time share few connections', async () => {
  const { database, connections } = await ground();
  await connections();
  const done: number[] = [];
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      await sql`select 1`.execute(database.query);
      done.push(n);
    }),
  );
  expect(done).toHaveLength(60);
  expect(await connections()).toBeLessThan(connectionsMax);
  expect(database.waiting()).toBe(0);
});

test('fear: those who hold connections and wait for each other get none', async () => {
  const { database, connections } = await ground();
  const all = Promise.withResolvers<void>();
  let waiting = connectionsMax;
  await Promise.all(
    Array.from({ length: connectionsMax }, () =>
      database.transaction(async (query) => {
        await sql`select 1`.execute(query);
        waiting -= 1;
        if (waiting === 0) all.resolve();
        await all.promise;
      }),
    ),
  );
  expect(await connections()).toBe(connectionsMax);
});

test('more wait than there may be connections: all get one, and they are counted while they wait', async () => {
  const { database } = await ground();
  const begun = Promise.withResolvers<void>();
  const ends = Promise.withResolvers<void>();
  let count = 0;
  const all = Array.from({ length: 3 * connectionsMax }, () =>
    database.transaction(async (query) => {
      await sql`select 1`.execute(query);
      count += 1;
      if (count === connectionsMax) begun.resolve();
      await ends.promise;
    }),
  );
  await begun.promise;
  expect(database.waiting()).toBe(2 * connectionsMax);
  ends.resolve();
  await Promise.all(all);
  expect(count).toBe(3 * connectionsMax);
  expect(database.waiting()).toBe(0);
});

test('fear: whoever asks again and again overtakes those who wait', async () => {
  const { database } = await ground();
  const over = new AbortController();
  const done = Array.from({ length: 3 * connectionsMax }, () => 0);
  const all = done.map(async (_, user) => {
    while (!over.signal.aborted) {
      await sql`select pg_sleep(0.02)`.execute(database.query);
      done[user] = (done[user] ?? 0) + 1;
    }
  });
  // The quickest has had ten turns for each one of the slowest, at most.
  await expect.poll(() => Math.min(...done), { timeout: 60_000 }).toBeGreaterThan(3);
  expect(Math.max(...done)).toBeLessThan(10 * Math.min(...done));
  over.abort();
  await Promise.all(all);
});

test('fear: who waits for a connection when the pool ends waits forever', async () => {
  const { database } = await ground();
  const begun = Promise.withResolvers<void>();
  const ends = Promise.withResolvers<void>();
  const first = database.transaction(async (query) => {
    await sql`select 1`.execute(query);
    begun.resolve();
    await ends.promise;
  });
  await begun.promise;
  const second = sql`select 1`.execute(database.query);
  const closed = database.close();
  ends.resolve();
  await expect(second).rejects.toThrow(/after calling end/);
  await Promise.all([first, closed]);
});

test('connections that are not in use are ended, with what the server keeps for them; others are left alone', async () => {
  const { database, connections } = await ground();
  const { rows: before } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.query);
  const begun = Promise.withResolvers<void>();
  const ends = Promise.withResolvers<void>();
  const held = database.transaction(async (query) => {
    begun.resolve();
    await ends.promise;
    return (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(query)).rows;
  });
  await begun.promise;
  // A second connection, which is idle afterwards.
  expect(await connections()).toBe(2);
  await database.endIdle();
  ends.resolve();
  expect(await held).toEqual(before);
  await expect.poll(connections).toBe(1);
  await database.endIdle();
  const { rows: after } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.query);
  expect(after).not.toEqual(before);
});

test('of the connections that are not needed together, the oldest stays', async () => {
  const { database, connections } = await ground();
  const pidOf = async (query: Query) =>
    (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(query)).rows[0]?.pid;
  const oldest = await pidOf(database.query);
  const second = Promise.withResolvers<void>();
  let younger: number | undefined;
  await database.transaction(async (query) => {
    await sql`select 1`.execute(query);
    void database.transaction(async (inner) => {
      younger = await pidOf(inner);
      second.resolve();
    });
    await second.promise;
  });
  expect(younger).not.toBe(oldest);
  await expect.poll(connections, { timeout: 20_000 }).toBe(1);
  expect(await pidOf(database.query)).toBe(oldest);
});

test('fear: connections are ended while the pool is closed, and nobody waits for them', async () => {
  const { database } = await ground();
  await sql`select 1`.execute(database.query);
  await Promise.all([database.close(), database.endIdle()]);
});
