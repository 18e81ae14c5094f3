import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../../test/database.ts';
import { legalTransitions } from '../../domain/transitions.ts';
import { type Migration, migrate, readMigrations } from './migrate.ts';
import { enterOwnSchema } from './own-schema.ts';

const later: Migration = { version: 9_000, name: 'later', sql: 'create table later ()' };
const last: Migration = { version: 9_002, name: 'last', sql: 'create table last_one ()' };

async function anEmptyDatabase(): Promise<string> {
  const { url, drop } = await cloneDatabase('template1');
  onTestFinished(drop);
  return url;
}

async function rowsOf<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const versions = async (url: string) =>
  (await rowsOf<{ version: number }>(url, 'select version from schema_migrations order by version')).map(
    ({ version }) => version,
  );

/**
 * Everything that a start could have changed: the schema's objects, and the content of the two tables that it writes.
 */
const stateOf = (url: string) =>
  rowsOf(
    url,
    `select 'relation' as kind, relname::text as name, xmin::text as state from pg_class where relnamespace = 'moose'::regnamespace
     union all select 'function', proname::text, xmin::text from pg_proc where pronamespace = 'moose'::regnamespace
     union all select 'migration', version::text, checksum from schema_migrations
     union all select 'transition', kind || from_value, to_value from legal_transitions order by 1, 2, 3`,
  );

test('an empty database is migrated to the newest schema, once', async () => {
  const url = await anEmptyDatabase();
  const all = await readMigrations();
  expect((await migrate(url)).applied).toEqual(all.map(({ name }) => name));
  const state = await stateOf(url);
  expect((await migrate(url)).applied).toEqual([]);
  expect(await stateOf(url)).toEqual(state);
});

test('R-BASE-6: a database is not upgraded under a running worker of an older version, and is after it', async () => {
  const url = await anEmptyDatabase();
  const newer = [...(await readMigrations()), later];
  await migrate(url);
  const before = await stateOf(url);
  const worker = new pg.Client({ connectionString: url, application_name: 'moose locks' });
  await worker.connect();
  await worker.query(
    `insert into moose.executors (id, host, pid, lock_backend) values ('x', 'builder', 17, pg_backend_pid())`,
  );
  await expect(migrate(url, newer)).rejects.toMatchObject({
    code: 'OLDER_MOOSE_RUNNING',
    message: expect.stringContaining('builder (process 17)'),
  });
  expect(await stateOf(url)).toEqual(before);
  // One that hangs has lost its work.
  await worker.query(`update moose.executors set heartbeat_at = clock_timestamp() - interval '1 minute'`);
  expect((await migrate(url, newer)).applied).toEqual(['later']);
  await worker.end();
});

test('no two migrations have the same number', async () => {
  const versions = (await readMigrations()).map(({ version }) => version);
  expect(new Set(versions).size).toBe(versions.length);
});

test.each([2, 8])('%i processes that start at the same moment apply each migration once', async (count) => {
  const url = await anEmptyDatabase();
  const all = await readMigrations();
  const applied = await Promise.all(Array.from({ length: count }, () => migrate(url)));
  expect(applied.flatMap((one) => one.applied).sort()).toEqual(all.map(({ name }) => name).sort());
  expect(await versions(url)).toEqual(all.map(({ version }) => version));
});

test.each([
  ['newer than all that are known', 9_003],
  ['unknown in the midst of those that are known', 9_001],
])(
  'R-BASE-6: a schema that is %s is refused with a clear message, and nothing is changed',
  async (_, version) => {
    const url = await anEmptyDatabase();
    const known = [...(await readMigrations()), later, last];
    const foreign: Migration = { version, name: 'from-the-future', sql: 'create table of_the_future ()' };
    await migrate(
      url,
      [...known, foreign].sort((a, b) => a.version - b.version),
    );
    await rowsOf(url, `insert into legal_transitions values ('status', 'completed', 'pending')`);
    const before = await stateOf(url);
    const refused = migrate(url, known);
    await expect(refused).rejects.toMatchObject({
      code: 'SCHEMA_TOO_NEW',
      category: 'configuration',
      message: expect.stringMatching(/^The database has schema version \d+ .*"from-the-future".*\.$/),
      advice: expect.stringMatching(/\.$/),
    });
    expect(await stateOf(url)).toEqual(before);
  },
);

test('a migration whose text was changed after it was applied is refused, and nothing is changed', async () => {
  const url = await anEmptyDatabase();
  await migrate(url);
  const before = await stateOf(url);
  const changed = (await readMigrations()).map((one) => ({ ...one, sql: `${one.sql}\n-- a word` }));
  await expect(migrate(url, [...changed, later])).rejects.toMatchObject({
    code: 'MIGRATION_CHANGED',
    message: expect.stringContaining('was created by an unreleased version of Moose'),
    advice: expect.stringContaining('new data directory'),
  });
  expect(await stateOf(url)).toEqual(before);
});

test('R-BASE-6: fear: the message about a schema that is several versions ahead names only its first unknown version', async () => {
  const url = await anEmptyDatabase();
  const all = await readMigrations();
  await migrate(url, [...all, later, last]);
  await expect(migrate(url, all)).rejects.toMatchObject({
    code: 'SCHEMA_TOO_NEW',
    message: expect.stringMatching(
      new RegExp(`^The database has schema version 9002 .* supports versions up to ${all.at(-1)?.version}:`),
    ),
  });
});

test('an upgrade that fails halfway is rolled back, and the earlier ones stay', async () => {
  const url = await anEmptyDatabase();
  const all = await readMigrations();
  await migrate(url);
  const broken: Migration = {
    version: 9_000,
    name: 'broken',
    sql: 'create table half (); select 1 / 0;',
  };
  // Of several migrations all are, because their functions come with the last one.
  const known = [...all, { ...later, version: 8_999 }, broken];
  await expect(migrate(url, known)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
  expect(await versions(url)).toEqual(all.map(({ version }) => version));
  expect(await rowsOf(url, `select from pg_class where relname = 'half'`)).toEqual([]);
});

test('a migration whose connection is killed is rolled back and reported, and the next start repeats it', async () => {
  const url = await anEmptyDatabase();
  const all = await readMigrations();
  await migrate(url);
  // The server ends the connection during the migration itself, so the test need not wait for the right moment.
  const deadly: Migration = {
    version: 9_000,
    name: 'long',
    sql: 'create table long_one (); select pg_terminate_backend(pg_backend_pid()); select pg_sleep(10);',
  };
  await expect(migrate(url, [...all, deadly])).rejects.toMatchObject({ code: 'DATABASE_AWAY' });
  expect(await versions(url)).toEqual(all.map(({ version }) => version));
  expect(await rowsOf(url, `select from pg_class where relname = 'long_one'`)).toEqual([]);
  expect(await migrate(url, [...all, { ...deadly, sql: 'create table long_one ()' }])).toEqual({
    applied: ['long'],
  });
});

test('R-PIPE-2: the transitions in the database are those in the code after every start', async () => {
  const url = await anEmptyDatabase();
  await migrate(url);
  const kept = () =>
    rowsOf(url, `select kind, from_value as "from", to_value as "to" from legal_transitions`);
  const asText = (rows: readonly object[]) => rows.map((row) => Object.values(row).join(' ')).sort();
  expect(asText(await kept())).toEqual(asText(legalTransitions));
  await rowsOf(url, `delete from legal_transitions where from_value = 'pending'`);
  await rowsOf(url, `insert into legal_transitions values ('status', 'completed', 'in_progress')`);
  await migrate(url);
  expect(asText(await kept())).toEqual(asText(legalTransitions));
});

test.each([
  ['nobody listens there', { port: '1' }, 'DATABASE_AWAY'],
  ['the password is wrong', { password: 'wrong' }, 'DATABASE_NOT_USABLE'],
  ['there is no such database', { pathname: '/not_there' }, 'DATABASE_NOT_USABLE'],
])('R-FAIL-1: if %s, the error says what to do', async (_, wrong, code) => {
  const url = Object.assign(new URL(await anEmptyDatabase()), wrong);
  await expect(migrate(url.href)).rejects.toMatchObject({
    code,
    advice: expect.stringContaining('MOOSE_DATABASE_URL'),
  });
});
