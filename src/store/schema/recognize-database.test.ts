import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../../test/database.ts';
import { summedMigrations } from '../../../test/summed-migrations.ts';
import { summedUp } from './baseline.ts';
import { assertMigrated, migrate, readMigrations } from './migrate.ts';

async function aDatabase(sql = ''): Promise<{ url: string; client: pg.Client }> {
  const { url, drop } = await cloneDatabase('template1');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  if (sql) await client.query(sql);
  return { url, client };
}

/** The names of everything in the database. */
const contentsOf = async (client: pg.Client) =>
  (
    await client.query(
      `select nspname || '.' || relname as name from pg_class join pg_namespace n on n.oid = relnamespace
         where nspname !~ '^(pg_|information_schema)'
       union all select nspname from pg_namespace where nspname !~ '^(pg_|information_schema)'
       union all select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
    )
  ).rows;

test('R-BASE-7: fear: a command that only reads fills an empty database', async () => {
  const { url, client } = await aDatabase();
  const before = await contentsOf(client);
  await expect(assertMigrated(url)).rejects.toMatchObject({
    code: 'DATABASE_EMPTY',
    advice: expect.stringContaining('moose up'),
  });
  expect(await contentsOf(client)).toEqual(before);
});

test('R-BASE-7: a command that only reads does not migrate an older database', async () => {
  const { url, client } = await aDatabase();
  const all = await readMigrations();
  await migrate(url, summedMigrations());
  const before = await contentsOf(client);
  await expect(assertMigrated(url)).rejects.toMatchObject({
    code: 'SCHEMA_TOO_OLD',
    message: expect.stringContaining(
      `schema version ${summedUp.version}, but this Moose requires ${all.at(-1)?.version}`,
    ),
  });
  expect(await contentsOf(client)).toEqual(before);
  await migrate(url);
  await assertMigrated(url);
});

test.each<[string, string, string]>([
  ['a shop', 'create table products (id int)', 'public.products'],
  [
    'Rails, whose schema_migrations has the name of ours',
    'create table schema_migrations (version varchar primary key)',
    'public.schema_migrations',
  ],
  [
    'golang-migrate, whose schema_migrations has a number as ours',
    'create table schema_migrations (version bigint primary key, dirty boolean not null)',
    'public.schema_migrations',
  ],
  ['tables in a schema of its own', 'create schema shop; create table shop.orders ()', 'shop.orders'],
  ['another "moose"', 'create schema moose; create table moose.antlers ()', 'moose.antlers'],
  [
    'another program on graphile-worker',
    'create schema graphile_worker; create table graphile_worker.migrations ()',
    'graphile_worker.migrations',
  ],
])('R-BASE-7: fear: the database of another program is filled: %s', async (_, sql, table) => {
  const { url, client } = await aDatabase(sql);
  const before = await contentsOf(client);
  for (const open of [assertMigrated, migrate])
    await expect(open(url)).rejects.toMatchObject({
      code: 'DATABASE_FOREIGN',
      message: expect.stringContaining(table),
      advice: expect.stringContaining('create database moose'),
    });
  expect(await contentsOf(client)).toEqual(before);
});

test('R-BASE-1: the tables of Supabase and of extensions do not count as another program', async () => {
  const { url, client } = await aDatabase();
  const role = `supabase_test_${url.slice(-12)}`;
  await client.query(
    `create role ${role}; create schema auth; create table auth.users (); alter table auth.users owner to ${role}`,
  );
  await expect(assertMigrated(url)).rejects.toMatchObject({ code: 'DATABASE_EMPTY' });
  await migrate(url);
  await assertMigrated(url);
  await client.query(`drop table auth.users; drop role ${role}`);
});

test('R-BASE-7: Moose keeps using its database, whatever others create in it later', async () => {
  const { url, client } = await aDatabase();
  await migrate(url);
  await client.query('create table work_orders (id int); create table schema_migrations (version varchar)');
  expect(await migrate(url)).toEqual({ applied: [] });
  await assertMigrated(url);
});

test('the same rules apply to a person who writes with psql and names the schema', async () => {
  const { url, client } = await aDatabase();
  await migrate(url);
  const id = '018f0000-0000-7000-8000-000000000001';
  await client.query(`insert into moose.projects (id, name, repository_path) values ('${id}', 'p', '/p');
    insert into moose.work_orders (id, project_id, title, time_limit_ms, changed_by) values ('${id}', '${id}', 't', 1, 'human:test')`);
  expect((await client.query('select from moose.work_order_events')).rowCount).toBeGreaterThan(0);
  await expect(
    client.query(`update moose.work_orders set status = 'completed' where id = '${id}'`),
  ).rejects.toMatchObject({ code: 'MS001' });
});
