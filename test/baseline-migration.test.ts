import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { describeSchema } from '../scripts/describe-schema.ts';
import { summedUp } from '../src/store/schema/baseline.ts';
import { assertMigrated, type Migration, migrate, readMigrations } from '../src/store/schema/migrate.ts';
import { cloneDatabase } from './database.ts';
import { summedMigrations } from './summed-migrations.ts';

async function aDatabase(migrations?: readonly Migration[]): Promise<{ url: string; client: pg.Client }> {
  const { url, drop } = await cloneDatabase('template1');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  await migrate(url, migrations);
  return { url, client };
}

const settingsOf = async (client: pg.Client) =>
  (await client.query('select key, value, updated_by from moose.system_config order by key')).rows;
/** What a description of the schema leaves out: options, comments, and how functions and constraints behave. */
const detailsOf = async (client: pg.Client) =>
  (
    await client.query(`select relname::text as name, reloptions::text as detail from pg_class
        where relnamespace = 'moose'::regnamespace and reloptions is not null
      union all select 'moose', obj_description('moose'::regnamespace)
      union all select conname, concat(condeferrable, condeferred, convalidated) from pg_constraint
        where connamespace = 'moose'::regnamespace and contype <> 'n'
      union all select oid::regprocedure::text, concat(proconfig, provolatile, prosecdef, proisstrict, prosrc) from pg_proc
        where pronamespace = 'moose'::regnamespace order by 1, 2`)
  ).rows;
const historyOf = async (client: pg.Client) =>
  (await client.query('select version, name from moose.schema_migrations order by version')).rows;

const slow = { timeout: 120_000 };

test(
  'R-BASE-6: the baseline creates exactly the schema of the migrations that it sums up',
  slow,
  async () => {
    const baselineAlone = (await readMigrations()).slice(0, 1);
    const [sum, baseline] = [await aDatabase(summedMigrations()), await aDatabase(baselineAlone)];
    expect(await describeSchema(baseline.client)).toBe(await describeSchema(sum.client));
    expect(await detailsOf(baseline.client)).toEqual(await detailsOf(sum.client));
    expect(await settingsOf(baseline.client)).toEqual(await settingsOf(sum.client));
  },
);

test(
  'R-BASE-6: a database of the version before the baseline is adopted once, with every row',
  slow,
  async () => {
    const { url, client } = await aDatabase(summedMigrations());
    await client.query(
      `insert into moose.projects (id, name, repository_path) values (gen_random_uuid(), 'api', '/srv/api')`,
    );
    await client.query(`insert into moose.upkeep_turns values ('sum-up', now(), 'alpha')`);
    await expect(assertMigrated(url)).rejects.toMatchObject({ code: 'SCHEMA_TOO_OLD' });
    let backups = 0;
    const beforeUpgrade = async () => {
      backups += 1;
    };
    const starts = await Promise.all([1, 2, 3].map(() => migrate(url, undefined, { beforeUpgrade })));
    const all = await readMigrations();
    expect(starts.flatMap(({ applied }) => applied)).toEqual(all.map(({ name }) => name));
    expect(backups).toBe(1);
    expect(await historyOf(client)).toEqual(all.map(({ version, name }) => ({ version, name })));
    expect((await client.query('select name from moose.projects')).rows).toEqual([{ name: 'api' }]);
    // The migrations after the baseline run over the adopted rows.
    expect((await client.query('select job from moose.job_turns')).rows).toEqual([{ job: 'sum-up' }]);
    await assertMigrated(url);
  },
);

test.each<[string, (all: Migration[]) => Migration[], object]>([
  [
    'is older than the last version before the baseline',
    (all) => all.slice(0, 60),
    {
      code: 'UPGRADE_TOO_FAR',
      message: expect.stringContaining(`upgrades from version ${summedUp.version} on`),
      advice: expect.stringContaining(summedUp.commit.slice(0, 12)),
    },
  ],
  [
    'has had another migration than those of this Moose',
    (all) => all.map((one) => (one.version === 56 ? { ...one, sql: `${one.sql}\n-- a word` } : one)),
    { code: 'MIGRATION_CHANGED', message: expect.stringContaining('or one before it') },
  ],
])('R-BASE-6: a database that %s is refused, and is not changed', slow, async (_, made, refusal) => {
  const { url, client } = await aDatabase(made(summedMigrations()));
  const before = await historyOf(client);
  for (const open of [migrate, assertMigrated]) await expect(open(url)).rejects.toMatchObject(refusal);
  expect(await historyOf(client)).toEqual(before);
});

test('R-BASE-6: a database with the tables of the first versions, in public, is refused in the same way', async () => {
  const { url, drop } = await cloneDatabase('template1');
  onTestFinished(drop);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`create table schema_migrations (
      version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now());
    insert into schema_migrations (version, name, checksum) values (1, 'work-orders', 'x')`);
  await expect(migrate(url)).rejects.toMatchObject({ code: 'UPGRADE_TOO_FAR' });
});
