// Brings the schema forward, once, however many start at the same moment; refuses a schema from the future.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { ConfigurationError } from '../domain/failure.ts';
import { legalTransitions } from '../domain/transitions.ts';
import { asMooseError } from './database-failure.ts';

export interface Migration {
  version: number;
  name: string;
  sql: string;
}

const directory = new URL('./migrations/', import.meta.url);
const fileName = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** Any number that no other program on this database uses: 'moos' in ASCII. */
const migrationLock = 0x6d6f6f73;

const connectMsMax = 10_000;

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => fileName.test(name)).sort();
  return Promise.all(
    names.map(async (file) => {
      const [, version = '', name = ''] = fileName.exec(file) ?? [];
      return { version: Number(version), name, sql: await readFile(new URL(file, directory), 'utf8') };
    }),
  );
}

/**
 * @throws ConfigurationError `SCHEMA_TOO_NEW` or `MIGRATION_CHANGED`; nothing is changed then.
 * @throws MooseError for a database that cannot be reached or entered, or that is lost on the way: what was begun is
 * undone by the server, and the next start does it.
 */
export async function migrate(
  url: string,
  migrations?: readonly Migration[],
): Promise<{ applied: string[] }> {
  const known = migrations ?? (await readMigrations());
  const client = new pg.Client({
    connectionString: url,
    application_name: 'moose migrate',
    connectionTimeoutMillis: connectMsMax,
  });
  // The query that a lost connection interrupts says so; without a listener the loss would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await bringForward(client, known);
  } catch (cause) {
    throw asMooseError(cause, 'migrate');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function bringForward(client: pg.Client, known: readonly Migration[]): Promise<{ applied: string[] }> {
  await client.query('select pg_advisory_lock($1)', [migrationLock]);
  await client.query(`create table if not exists schema_migrations (
    version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
  const { rows } = await client.query<{ version: number; name: string; checksum: string }>(
    'select version, name, checksum from schema_migrations order by version',
  );
  refuseForeignHistory(rows, known);
  const pending = known.filter(({ version }) => !rows.some((row) => row.version === version));
  for (const migration of pending) await apply(client, migration);
  await syncLegalTransitions(client);
  return { applied: pending.map(({ name }) => name) };
}

function refuseForeignHistory(
  applied: Array<{ version: number; name: string; checksum: string }>,
  known: readonly Migration[],
) {
  const foreign = applied.find(({ version }) => !known.some((one) => one.version === version));
  if (foreign) {
    throw new ConfigurationError({
      code: 'SCHEMA_TOO_NEW',
      component: 'store',
      operation: 'migrate',
      message: `The database has schema version ${foreign.version} ("${foreign.name}"), and this Moose knows versions up to ${known.at(-1)?.version ?? 0}: a newer Moose has been here.`,
      advice:
        'Run the newer version of Moose, or point this one at another database with DATABASE_URL or --data.',
    });
  }
  for (const { version, name, sql } of known) {
    const row = applied.find((one) => one.version === version);
    if (row && row.checksum !== checksum(sql)) {
      throw new ConfigurationError({
        code: 'MIGRATION_CHANGED',
        component: 'store',
        operation: 'migrate',
        message: `Migration ${version} ("${name}") was applied to this database with another text.`,
        advice: 'Migrations are append-only: restore the file and write a new one for the change.',
      });
    }
  }
}

function checksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

async function apply(client: pg.Client, { version, name, sql }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      version,
      name,
      checksum(sql),
    ]);
    await client.query('commit');
  } catch (cause) {
    // On a lost connection the server has rolled back already; what was lost is what the caller has to hear.
    await client.query('rollback').catch(() => undefined);
    throw cause;
  }
}

async function syncLegalTransitions(client: pg.Client): Promise<void> {
  const rows = JSON.stringify(
    legalTransitions.map(({ kind, from, to }) => ({ kind, from_value: from, to_value: to })),
  );
  await client.query('begin');
  await client.query(
    `delete from legal_transitions t where not exists (
       select 1 from jsonb_to_recordset($1::jsonb) as wanted (kind text, from_value text, to_value text)
       where (wanted.kind, wanted.from_value, wanted.to_value) = (t.kind, t.from_value, t.to_value))`,
    [rows],
  );
  await client.query(
    `insert into legal_transitions select kind, from_value, to_value
       from jsonb_to_recordset($1::jsonb) as wanted (kind text, from_value text, to_value text)
     on conflict do nothing`,
    [rows],
  );
  await client.query('commit');
}
