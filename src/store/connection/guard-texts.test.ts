import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase, testDatabase } from '../../../test/database.ts';
import { rememberSecrets } from '../../domain/secrets/known-secrets.ts';
import { type Database, openDatabase, type Query } from '../database.ts';
import { exactly, toJson } from '../storable.ts';
import { preparedNames } from './prepared-names.ts';

const secret = 'planted-7f3a9c21d4e8';
rememberSecrets([{ name: 'SHOP_TOKEN', value: secret }]);

async function answered(value: unknown): Promise<unknown> {
  const { query } = await testDatabase();
  const { rows } = await sql<{ given: unknown }>`select ${value} as given`.execute(query);
  return rows[0]?.given;
}

test('R-SEC-4: every text is made storable on its way into the database', async () => {
  expect(await answered(`it is ${secret}\0`)).toBe('it is [redacted:SHOP_TOKEN]\u{FFFD}');
  const { query } = await testDatabase();
  const { rows } = await sql<{ given: string[] }>`select ${['a', secret]}::text[] as given`.execute(query);
  expect(rows[0]?.given).toEqual(['a', '[redacted:SHOP_TOKEN]']);
});

test('only texts that must stay exact stay unchanged', async () => {
  expect(await answered(exactly(`it is ${secret}`))).toBe(`it is ${secret}`);
  const edits = [{ path: 'a', content: `x = "ghp_${'a1B2'.repeat(9)}"` }];
  const kept = toJson(
    { plan: `use ${secret}`, password: 'swordfish', proposal: { edits }, amount: 1n },
    'edits',
  );
  expect(JSON.parse(kept)).toEqual({
    plan: 'use [redacted:SHOP_TOKEN]',
    password: '[redacted:credential]',
    proposal: { edits },
    amount: '1',
  });
});

async function withOneConnection(): Promise<Database> {
  const { url, drop } = await cloneDatabase();
  const database = openDatabase(url, { connectionsMax: 1 });
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  return database;
}

test('a statement with values that is sent again is prepared', async () => {
  const database = await withOneConnection();
  const prepared = sql<{ statement: string }>`select statement from pg_prepared_statements
    where statement like '%::text as said'`;
  for (const [text, count] of [
    ['a', 0],
    ['b', 1],
    ['c', 1],
  ] as const) {
    const { rows } = await sql`select ${text}::text as said`.execute(database.query);
    expect(rows).toEqual([{ said: text }]);
    expect((await prepared.execute(database.query)).rows).toHaveLength(count);
  }
});

test('a table that changes outdates what was prepared, and nobody notices', async () => {
  const database = await withOneConnection();
  await sql`create table shelves (id int)`.execute(database.query);
  await sql`insert into shelves values (1)`.execute(database.query);
  const read = (query: Query) => sql`select * from shelves where id = ${1}`.execute(query);
  for (let times = 0; times < 2; times += 1) await database.run(read);
  const prepared = sql`select name from pg_prepared_statements where statement like '%shelves%'`;
  expect((await prepared.execute(database.query)).rows).toHaveLength(1);
  await sql`alter table shelves add column books int`.execute(database.query);
  expect((await database.run(read)).rows).toEqual([{ id: 1, books: null }]);
  await sql`alter table shelves add column room int`.execute(database.query);
  expect((await database.transaction(read)).rows).toEqual([{ id: 1, books: null, room: null }]);
});

test('only texts that are sent again get a name, and only so many', () => {
  const nameOf = preparedNames();
  expect([nameOf('select 1'), nameOf('select 1'), nameOf('select 1')]).toEqual([
    undefined,
    'moose_1',
    'moose_1',
  ]);
  const long = `select '${'x'.repeat(70_000)}'`;
  expect([nameOf(long), nameOf(long)]).toEqual([undefined, undefined]);
  for (let n = 0; n < 1_000; n += 1) {
    nameOf(`select ${n}`);
    nameOf(`select ${n}`);
  }
  expect(nameOf('select 999')).toBeUndefined();
  expect(nameOf('select 1')).toBe('moose_1');
});
