// A database of any version ends with the same schema as a new one: tables, triggers, and functions with the hashes of their files.
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { describeSchema } from '../scripts/describe-schema.ts';
import { type Migration, migrate, readMigrations } from '../src/store/schema/migrate.ts';
import { cloneDatabase } from './database.ts';

/** Runs all migrations once for each of them. */
const slow = { timeout: 300_000 };

/** The schema after each of these sets of migrations was applied, and what its description leaves out of functions. */
async function schemaAfter(...known: (readonly Migration[] | undefined)[]): Promise<string> {
  const { url, drop } = await cloneDatabase('template1');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  for (const migrations of known) await migrate(url, migrations);
  const { rows } = await client.query(
    `select oid::regprocedure::text as name, provolatile, proisstrict, prosecdef, obj_description(oid, 'pg_proc') as hash
     from pg_proc where pronamespace = 'moose'::regnamespace order by 1`,
  );
  return `${await describeSchema(client)}${rows.map((row) => JSON.stringify(row)).join('\n')}`;
}

test(
  'R-BASE-6: whatever migration a database has had last, its schema ends as that of a new one',
  slow,
  async () => {
    const all = await readMigrations();
    const fresh = await schemaAfter(undefined);
    for (const [index, { name }] of all.entries())
      expect(await schemaAfter(all.slice(0, index + 1), undefined), `after ${name}`).toBe(fresh);
  },
);
