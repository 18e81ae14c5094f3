import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../../test/database.ts';
import { type Migration, migrate, readMigrations } from './migrate.ts';
import { enterOwnSchema } from './own-schema.ts';
import { firstOfTablesOnly, readFunctions, type SqlFunction } from './sql-functions.ts';

/** Runs all migrations, which takes long on a busy machine. */
const slow = { timeout: 300_000 };

const later: Migration = { version: 9_000, name: 'later', sql: 'create table later ()' };

async function aDatabase(from?: string): Promise<{ url: string; client: pg.Client }> {
  const { url, drop } = await cloneDatabase(from);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  return { url, client };
}

/** All functions, with their texts, their settings and the hashes of their files. */
async function functionsOf(client: pg.Client): Promise<{ name: string; text: string }[]> {
  await enterOwnSchema(client);
  const { rows } = await client.query<{ name: string; text: string }>(
    `select oid::regprocedure::text as name, pg_get_functiondef(oid) || coalesce(obj_description(oid, 'pg_proc'), '') as text
     from pg_proc where pronamespace = 'moose'::regnamespace order by 1`,
  );
  return rows;
}

const namesOf = async (client: pg.Client) => (await functionsOf(client)).map(({ name }) => name);
/** Changes at each creation of a function. */
const versionsOf = async (client: pg.Client) =>
  (
    await client.query<{ name: string; version: string }>(
      `select proname::text as name, xmin::text as version from pg_proc where pronamespace = 'moose'::regnamespace order by 1`,
    )
  ).rows;

const withFunctions = async (...others: SqlFunction[]) => [
  ...(await readFunctions()).filter(({ name }) => !others.some((other) => other.name === name)),
  ...others,
];
const aFunction = (name: string, rest: string): SqlFunction => ({
  name,
  sql: `create or replace function ${name}${rest}\n`,
});

test('fear: a file without its function, or a function in no file', async () => {
  const { client } = await aDatabase();
  const names = (await namesOf(client)).map((name) => name.slice(0, name.indexOf('(')));
  expect(names.sort()).toEqual((await readFunctions()).map(({ name }) => name).sort());
});

test('the body of each function is valid: names and types exist', async () => {
  const { client } = await aDatabase();
  await enterOwnSchema(client);
  for (const { sql } of await readFunctions()) await client.query(sql);
});

test('a start replaces the functions whose files have changed, and touches no other', async () => {
  const { url, client } = await aDatabase();
  const before = await versionsOf(client);
  const body = 'returns text language sql immutable as $$ select p_actor $$';
  const functions = await withFunctions(aFunction('name_of_actor', `(p_actor text) ${body}`));
  await migrate(url, undefined, { functions });
  const after = await versionsOf(client);
  const touched = after.filter(
    ({ name, version }) => before.find((one) => one.name === name)?.version !== version,
  );
  expect(touched.map(({ name }) => name)).toEqual(['name_of_actor']);
  await migrate(url, undefined, { functions });
  expect(await versionsOf(client)).toEqual(after);
  // Whoever has changed one by hand, or dropped it, is undone by the next change of its file, or the next start.
  await client.query('drop function moose.name_of_actor');
  await migrate(url, undefined, { functions });
  expect((await client.query(`select moose.name_of_actor('human:ada') as name`)).rows).toEqual([
    { name: 'human:ada' },
  ]);
});

test.each<[string, string]>([
  [
    'parameters of other types',
    '(p_actor text, p_more integer) returns text language sql as $$ select p_actor $$',
  ],
  ['other names of its parameters', '(p_who text) returns text language sql as $$ select p_who $$'],
  ['another result', '(p_actor text) returns integer language sql as $$ select 1 $$'],
  ['other types and another result', '(p_actor integer) returns integer language sql as $$ select 1 $$'],
])('R-BASE-6: a function gets %s, whichever migration created it', slow, async (_, rest) => {
  const all = await readMigrations();
  const functions = await withFunctions(aFunction('name_of_actor', rest));
  const [fresh, newest, older] = [
    await aDatabase('template1'),
    await aDatabase(),
    await aDatabase('template1'),
  ];
  await migrate(
    older.url,
    all.filter(({ version }) => version < firstOfTablesOnly),
  );
  for (const { url } of [fresh, newest, older]) await migrate(url, undefined, { functions });
  const wanted = await functionsOf(fresh.client);
  expect(wanted.filter(({ name }) => name.startsWith('name_of_actor('))).toHaveLength(1);
  expect(await functionsOf(newest.client)).toEqual(wanted);
  expect(await functionsOf(older.client)).toEqual(wanted);
});

test(
  'a function whose file was removed is dropped, in a new database too, and functions of others stay',
  slow,
  async () => {
    const functions = (await readFunctions()).filter(({ name }) => name !== 'limits_in_force');
    const [fresh, newest] = [await aDatabase('template1'), await aDatabase()];
    const others = `create function moose.of_a_person() returns integer language sql as 'select 1';
      create function moose.draw_call(text) returns integer language sql as 'select 1'`;
    await newest.client.query(others);
    for (const { url } of [fresh, newest]) await migrate(url, undefined, { functions });
    const names = await namesOf(fresh.client);
    expect(names.filter((name) => name.startsWith('limits_in_force'))).toEqual([]);
    expect(await namesOf(newest.client)).toEqual([...names, 'draw_call(text)', 'of_a_person()'].sort());
    expect(await migrate(newest.url, undefined, { functions })).toEqual({ applied: [] });
  },
);

test('R-BASE-6: fear: the tables of one version with the functions of another, after a start that failed', async () => {
  const { url, client } = await aDatabase();
  const before = await functionsOf(client);
  const all = await readMigrations();
  const broken = aFunction(
    'spending_is_frozen',
    '() returns boolean language sql as $$ select true $$ stable nonsense',
  );
  const changed = aFunction(
    'name_of_actor',
    '(p_actor text) returns text language sql as $$ select p_actor $$',
  );
  const options = { functions: await withFunctions(changed, broken) };
  await expect(migrate(url, [...all, later], options)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
  expect(await functionsOf(client)).toEqual(before);
  expect((await client.query(`select to_regclass('moose.later') as later`)).rows).toEqual([{ later: null }]);
  expect(await migrate(url, [...all, later])).toEqual({ applied: ['later'] });
});

test('R-BASE-6: fear: an older Moose puts its functions back under a newer one', async () => {
  const { url, client } = await aDatabase();
  const changed = aFunction(
    'name_of_actor',
    '(p_actor text) returns text language sql as $$ select p_actor $$',
  );
  const newer = [...(await readMigrations()), later];
  const functions = await withFunctions(changed);
  await migrate(url, newer, { functions });
  const state = await versionsOf(client);
  await expect(migrate(url)).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
  expect(await versionsOf(client)).toEqual(state);
});

test('processes that start at the same moment change each function once', async () => {
  const { url, client } = await aDatabase();
  const changed = aFunction(
    'name_of_actor',
    '(p_actor text, p_more text) returns text language sql as $$ select p_actor $$',
  );
  const functions = await withFunctions(changed);
  await Promise.all([1, 2, 3, 4].map(() => migrate(url, undefined, { functions })));
  expect((await namesOf(client)).filter((name) => name.startsWith('name_of_actor'))).toEqual([
    'name_of_actor(text,text)',
  ]);
});

test('a migration has the trigger function that its trigger needs, and may make the table that a function needs', async () => {
  const { url, client } = await aDatabase();
  const tables: Migration = {
    version: 9_000,
    name: 'shops',
    sql: `create table shops (id integer);
      create trigger shops_told after insert on shops for each row execute function shops_told()`,
  };
  const functions = await withFunctions(
    aFunction(
      'shops_told',
      `() returns trigger language plpgsql as $$
       begin perform name_of_shop(new); return null; end $$`,
    ),
    aFunction('name_of_shop', `(shop shops) returns text language sql as $$ select 'shop ' || shop.id $$`),
  );
  await migrate(url, [...(await readMigrations()), tables], { functions });
  await client.query('insert into moose.shops values (1)');
  const wanted = {
    name: 'shops_told()',
    text: expect.stringMatching(/SET search_path TO 'moose', 'pg_temp'.+sha256:/s),
  };
  expect(await functionsOf(client)).toContainEqual(wanted);
});

test('R-BASE-1: the owner of a database, who is no superuser, may do all of it', slow, async () => {
  const { url, client } = await aDatabase('template1');
  const role = `owner_${url.slice(-12)}`;
  const name = new URL(url).pathname.slice(1);
  await client.query(
    `create role ${role} login password 'x' nosuperuser; alter database ${name} owner to ${role}`,
  );
  onTestFinished(async () => {
    const { rows } = await client.query<{ owner: string }>('select current_user::text as owner');
    await client.query(`reassign owned by ${role} to ${rows[0]?.owner}; drop role ${role}`);
  });
  const own = Object.assign(new URL(url), { username: role, password: 'x' }).href;
  const all = await readMigrations();
  await migrate(
    own,
    all.filter(({ version }) => version < firstOfTablesOnly),
  );
  await migrate(own);
  const functions = await withFunctions(
    aFunction('name_of_actor', '(p_who text) returns text language sql as $$ select p_who $$'),
  );
  await migrate(own, undefined, { functions });
  expect(await namesOf(client)).toContain('name_of_actor(text)');
});
