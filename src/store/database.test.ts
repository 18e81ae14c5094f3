import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase, testDatabase } from '../../test/database.ts';
import type { MooseError } from '../domain/failure.ts';
import type { OnFault } from '../resilience/met-faults.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { asMooseError } from './connection/database-failure.ts';
import { type Database, openDatabase, type Query } from './database.ts';

async function counter(): Promise<Database> {
  const database = await testDatabase();
  await sql`create table counter (n int not null)`.execute(database.query);
  await sql`insert into counter values (0)`.execute(database.query);
  return database;
}

const add = (query: Query) => sql`update counter set n = n + 1`.execute(query);
const count = async (database: Database) =>
  (await sql<{ n: number }>`select n from counter`.execute(database.query)).rows[0]?.n;
const cutOwn = (query: Query) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(query);

/** Cuts the connection once, at the message that contains these bytes, before or after the server has received it. */
interface Cut {
  at: string;
  after?: boolean;
}

/** A database whose reported failures are collected. */
async function toldOf(cut: Cut | null = null) {
  const { url, drop } = await cloneDatabase();
  const wire = cut ? await cutOnce(url, cut) : null;
  const told: MooseError[] = [];
  const ends: unknown[] = [];
  const onFault: OnFault = (failure) => {
    told.push(failure);
    return { resolved: (...end) => ends.push(end) };
  };
  // A single connection, so that both statements of one call use the same one.
  const database = openDatabase(wire?.url ?? url, { onFault, connectionsMax: 1 });
  onTestFinished(async () => {
    await database.close();
    await wire?.close();
    await drop();
  });
  return { told, ends, database };
}

async function cutOnce(
  url: string,
  { at, after = false }: Cut,
): Promise<{ url: string; close(): Promise<void> }> {
  const { hostname, port } = new URL(url);
  let isCut = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    upstream.pipe(client).on('close', () => upstream.end());
    client.on('data', (bytes) => {
      if (isCut || !bytes.includes(at)) return void upstream.write(bytes);
      isCut = true;
      if (after) upstream.write(bytes);
      client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = Object.assign(new URL(url), { port: String((server.address() as AddressInfo).port) });
  return { url: here.href, close: async () => void server.close() };
}

test('a transaction whose connection is cut halfway is repeated completely', async () => {
  const database = await counter();
  let tries = 0;
  await database.transaction(async (query) => {
    tries += 1;
    await add(query);
    if (tries <= 2) await cutOwn(query);
    await add(query);
  });
  expect(tries).toBe(3);
  expect(await count(database)).toBe(2);
});

test('fear: a connection that dies between two statements of a transaction ends the process', async () => {
  const database = await counter();
  const killer = new pg.Client({ connectionString: database.url });
  await killer.connect();
  onTestFinished(() => killer.end());
  let tries = 0;
  await database.transaction(async (query) => {
    tries += 1;
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(query);
    await add(query);
    // No statement is running, so only a listener notices the lost connection.
    if (tries === 1) {
      await killer.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      while (
        (await killer.query('select from pg_stat_activity where pid = $1', [rows[0]?.pid])).rowCount !== 0
      );
    }
    await add(query);
  });
  expect(tries).toBe(2);
  expect(await count(database)).toBe(2);
});

test('fear: an administrator cancels one statement, and the step that ran it fails for good', async () => {
  const database = await counter();
  let tries = 0;
  await database.transaction(async (query) => {
    tries += 1;
    await add(query);
    if (tries <= 2) await sql`select pg_cancel_backend(pg_backend_pid()), pg_sleep(60)`.execute(query);
  });
  expect(tries).toBe(3);
  expect(await count(database)).toBe(1);
});

test.each(['statement_timeout', 'transaction_timeout'])(
  'a transaction that is interrupted by a %s each time is not repeated for an hour',
  async (limit) => {
    const database = await counter();
    let tries = 0;
    const late = database.transaction(async (query) => {
      tries += 1;
      await sql`select set_config(${limit}, '20', true)`.execute(query);
      await sql`select pg_sleep(60)`.execute(query);
    });
    await expect(late).rejects.toMatchObject({ code: 'DATABASE_INTERRUPTED', retryable: true });
    expect(tries).toBe(4);
  },
);

test('fear: a transaction whose time is over between two of its statements is repeated for an hour', async () => {
  const database = await counter();
  let tries = 0;
  const late = database.transaction(async (query) => {
    tries += 1;
    const { rows } = await sql<{ pid: number }>`
      select pg_backend_pid() as pid, set_config('transaction_timeout', '20', true)`.execute(query);
    const asked = sql`select from pg_stat_activity where pid = ${rows[0]?.pid}`;
    await until('the end of the connection', async () => {
      const { rows: left } = await asked.execute(database.query);
      return left.length === 0;
    });
    await add(query);
  });
  await expect(late).rejects.toMatchObject({ code: 'DATABASE_INTERRUPTED', retryable: true });
  expect(tries).toBe(4);
});

test('transactions that cannot be serialized, or wait for one another, are repeated', async () => {
  const database = await counter();
  await sql`create table pair (id int primary key, n int not null)`.execute(database.query);
  await sql`insert into pair values (1, 0), (2, 0)`.execute(database.query);
  const bump = (query: Query, id: number) => sql`update pair set n = n + 1 where id = ${id}`.execute(query);
  const bothBegun = Promise.withResolvers<void>();
  let begun = 0;
  const crosswise = (first: number, second: number) =>
    database.transaction(async (query) => {
      await bump(query, first);
      begun += 1;
      if (begun === 2) bothBegun.resolve();
      await bothBegun.promise;
      await bump(query, second);
    });
  await Promise.all([crosswise(1, 2), crosswise(2, 1)]);
  const { rows } = await sql<{ n: number }>`select n from pair`.execute(database.query);
  expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
});

test('R-FAIL-6: each lost connection is reported once, with the message of the server and with its outcome', async () => {
  const { told, ends, database } = await toldOf();
  let tries = 0;
  await database.transaction(async (query) => {
    tries += 1;
    if (tries <= 2) await cutOwn(query);
    await sql`select 1`.execute(query);
  });
  expect(told).toMatchObject(
    Array.from({ length: 2 }, () => ({
      code: 'DATABASE_AWAY',
      message: expect.stringContaining('terminating connection due to administrator command'),
    })),
  );
  expect(ends).toEqual([
    [true, 2],
    [true, 2],
  ]);
});

test('fear: a connection that is cut without a message cannot be found in the log of the server', async () => {
  const { told, database } = await toldOf({ at: 'cut here' });
  const pids: number[] = [];
  await database.run(async (query) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(query);
    pids.push(rows[0]?.pid ?? 0);
    await sql`select ${sql.lit('cut here')}`.execute(query);
  });
  expect(pids).toHaveLength(2);
  expect(told).toMatchObject([{ code: 'DATABASE_AWAY', metadata: { backendPid: pids[0] } }]);
});

test.each([true, false])(
  'fear: a commit whose answer is lost is repeated (it was made: %s)',
  async (after) => {
    const { told, ends, database } = await toldOf({ at: 'commit\0', after });
    await sql`create table counter (n int not null)`.execute(database.query);
    await sql`insert into counter values (0)`.execute(database.query);
    let tries = 0;
    const answer = await database.transaction(async (query) => {
      tries += 1;
      await add(query);
      return tries;
    });
    expect(await count(database)).toBe(1);
    expect([answer, tries]).toEqual(after ? [1, 1] : [2, 2]);
    expect([told.length, ends]).toEqual([1, [[true, 1]]]);
  },
);

test('fear: a server that is still committing counts as one that did not commit', async () => {
  const { database } = await toldOf({ at: 'commit\0', after: true });
  await sql`create table counter (n int not null)`.execute(database.query);
  await sql`insert into counter values (0)`.execute(database.query);
  // The trigger runs at the commit, which makes the commit slow.
  await sql`create function slow() returns trigger language plpgsql as
    $$ begin perform pg_sleep(0.3); return null; end $$`.execute(database.query);
  await sql`create constraint trigger slow after update on counter deferrable initially deferred
    for each row execute function slow()`.execute(database.query);
  await database.transaction(add);
  expect(await count(database)).toBe(1);
});

test('an error of the work itself is not retried, and its writes are rolled back', async () => {
  const database = await counter();
  let tries = 0;
  const failing = database.transaction(async (query) => {
    tries += 1;
    await add(query);
    throw new RangeError('mine');
  });
  await expect(failing).rejects.toThrow(new RangeError('mine'));
  expect(tries).toBe(1);
  expect(await count(database)).toBe(0);
});

test('R-FAIL-1: a refusal of the database has a code, and the SQLSTATE in its metadata', async () => {
  const database = await counter();
  const refused = database.run((query) => sql`select 1 / 0`.execute(query));
  await expect(refused).rejects.toMatchObject({
    isMooseError: true,
    code: 'DATABASE_REFUSED',
    retryable: false,
    metadata: { sqlstate: '22012' },
  });
});

test('R-REC-6: fear: the work is blamed for a database that temporarily accepts no writes (read-only, disk full)', async () => {
  const { told, ends, database } = await toldOf();
  await sql`create table counter (n int not null)`.execute(database.query);
  await sql`insert into counter values (0)`.execute(database.query);
  let tries = 0;
  await database.transaction(async (query) => {
    tries += 1;
    if (tries <= 3) await sql`set transaction read only`.execute(query);
    await add(query);
  });
  await database.run(async (query) => {
    tries += 1;
    if (tries === 5)
      await sql`do $$ begin raise 'No space left on device' using errcode = '53100'; end $$`.execute(query);
    await add(query);
  });
  expect([tries, await count(database)]).toEqual([6, 2]);
  // The failure is reported once, however long it lasts.
  expect(told).toMatchObject([
    { code: 'DATABASE_TAKES_NOTHING', category: 'transient', metadata: { sqlstate: '25006' } },
    { code: 'DATABASE_TAKES_NOTHING', category: 'transient', metadata: { sqlstate: '53100' } },
  ]);
  expect(ends).toEqual([
    [true, 3],
    [true, 1],
  ]);
});

test('a wait for an unavailable database ends when it is aborted', async () => {
  const { url, drop } = await cloneDatabase();
  await drop();
  const away = Object.assign(new URL(url), { port: '1' });
  const database = openDatabase(away.href);
  onTestFinished(() => database.close());
  const stop = new AbortController();
  const waiting = database
    .run((query) => sql`select 1`.execute(query), stop.signal)
    .catch((reason) => reason);
  const startMs = performance.now();
  stop.abort(new Error('enough'));
  expect(await waiting).toEqual(new Error('enough'));
  expect(performance.now() - startMs).toBeLessThan(1_000);
});

test.each([
  ['too many connections', { code: '53300' }, 'DATABASE_CROWDED', /max_connections/],
  ['a connection that took too long', { message: 'timeout expired' }, 'DATABASE_AWAY', /Start the database/],
  ['a transaction that stood still', { code: '25P03' }, 'DATABASE_AWAY', /Start the database/],
])(
  'fear: %s is reported as a defect of Moose, or with useless advice (R-FAIL-1)',
  (_, cause, named, advice) => {
    const told = asMooseError(Object.assign(new Error('x'), cause));
    expect(told).toMatchObject({ code: named, retryable: true, advice: expect.stringMatching(advice) });
  },
);
