// Migrates the schema, only once even if many processes start at the same time; refuses a newer schema.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { ConfigurationError } from '../../domain/failure.ts';
import { legalTransitions } from '../../domain/transitions.ts';
import { ownFile } from '../../stdx/files/own-files.ts';
import { endConnection, openConnection } from '../connection/connection.ts';
import { asMooseError } from '../connection/database-failure.ts';
import { adopt, areSummedUp, recordMigration, summedUp } from './baseline.ts';
import { refuseBesideOlderMoose } from './older-moose.ts';
import { ownSchema } from './own-schema.ts';
import { type AppliedMigration, type RecognizedDatabase, recognizeDatabase } from './recognize-database.ts';
import {
  databaseEmpty,
  databaseForeign,
  migrationChanged,
  schemaTooNew,
  schemaTooOld,
  upgradeTooFar,
} from './schema-failure.ts';
import {
  addMissingFunctions,
  applyFunctions,
  createsFunctions,
  functionsOfMigrations,
  pinFunctions,
  readFunctions,
  type SqlFunction,
} from './sql-functions.ts';

export interface Migration {
  version: number;
  name: string;
  sql: string;
}

const directory = ownFile('store/schema/migrations');
const fileName = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** The number of the migration lock, which no other program on this database uses: 'moos' in ASCII. */
const migrationLock = 0x6d6f6f73;

const connectMsMax = 10_000;
const upgradeApplication = 'moose upgrade';

/**
 * A start that hangs must not make all others wait for its lock forever. A server that does not know this setting works
 * without it.
 */
const limitIdle = `set idle_session_timeout = '60s'`;

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => fileName.test(name)).sort();
  return Promise.all(
    names.map(async (file) => {
      const [, version = '', name = ''] = fileName.exec(file) ?? [];
      return { version: Number(version), name, sql: await readFile(join(directory, file), 'utf8') };
    }),
  );
}

/**
 * `migrations` end earlier where the rows of an older version are about to be loaded: then the functions wait for the tables
 * that they are for.
 * @throws ConfigurationError `SCHEMA_TOO_NEW`, `UPGRADE_TOO_FAR`, `MIGRATION_CHANGED` or `DATABASE_FOREIGN`; then nothing
 * is changed.
 * @throws TransientError `OLDER_MOOSE_RUNNING`; then nothing is changed.
 * @throws MooseError if the database cannot be reached or entered, or is lost meanwhile: the server rolls back, and the
 * next start repeats it.
 */
export async function migrate(
  url: string,
  migrations?: readonly Migration[],
  { beforeUpgrade = async () => undefined, functions }: UpgradeOptions = {},
): Promise<{ applied: string[] }> {
  const own = await readMigrations();
  const known = migrations ?? own;
  const isWhole = own.every(({ version }) => known.some((one) => one.version === version));
  const schema: Schema = { known, functions: functions ?? (await readFunctions()), isWhole };
  return onConnection(url, (client) => bringForward(client, schema, beforeUpgrade));
}

interface Schema {
  known: readonly Migration[];
  functions: readonly SqlFunction[];
  /** Whether these migrations make the tables that the functions are for. */
  isWhole: boolean;
}

export interface UpgradeOptions {
  /** Called before the tables of an older version are changed, while no process of it runs; its error ends the upgrade. */
  beforeUpgrade?: () => Promise<void>;
  /** Those of this Moose by default. */
  functions?: readonly SqlFunction[];
}

/**
 * Checks the schema without changing anything; returns if this Moose works with it.
 * @throws ConfigurationError `DATABASE_EMPTY`, `SCHEMA_TOO_OLD`, or as `migrate` does
 */
export async function assertMigrated(url: string): Promise<void> {
  const { problem } = await inspectSchema(url);
  if (problem) throw problem;
}

/** Changes nothing. `problem` says why this Moose cannot use the database as it is. */
export async function inspectSchema(
  url: string,
): Promise<{ serverVersion: string; problem: ConfigurationError | null }> {
  const known = await readMigrations();
  return onConnection(url, async (client) => {
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    );
    const problem = problemOf(await recognizeDatabase(client), known);
    return { serverVersion: rows[0]?.version ?? '', problem };
  });
}

function problemOf(found: RecognizedDatabase, known: readonly Migration[]): ConfigurationError | null {
  if (found.kind === 'empty') return databaseEmpty();
  if (found.kind === 'foreign') return databaseForeign(found.tables);
  const applied = afterBaseline(found.applied);
  const refused = refusalOf(applied, known);
  if (refused) return refused;
  const isCurrent = pendingOf(applied, known).length === 0;
  return isCurrent ? null : schemaTooOld(found.applied.at(-1)?.version ?? 0, known.at(-1)?.version ?? 0);
}

async function onConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  let client: pg.Client | undefined;
  try {
    client = await openConnection(url, { applicationName: upgradeApplication, connectMsMax });
    await client.query(limitIdle).catch(() => undefined);
    return await work(client);
  } catch (cause) {
    throw asMooseError(cause, 'migrate');
  } finally {
    if (client) await endConnection(client);
  }
}

async function bringForward(
  client: pg.Client,
  schema: Schema,
  beforeUpgrade: () => Promise<void>,
): Promise<{ applied: string[] }> {
  await client.query('select pg_advisory_lock($1)', [migrationLock]);
  const found = await recognizeDatabase(client);
  if (found.kind === 'foreign') throw databaseForeign(found.tables);
  const applied = found.kind === 'empty' ? [] : afterBaseline(found.applied);
  const refused = refusalOf(applied, schema.known);
  if (refused) throw refused;
  const pending = pendingOf(applied, schema.known);
  if (found.kind === 'own' && pending.length > 0) {
    await refuseBesideOlderMoose(client);
    await beforeUpgrade();
  }
  const howOf = (migration: Migration) => {
    if (applied.length > 0 || migration !== pending[0]) return 'add';
    return found.kind === 'own' ? 'adopt' : 'create';
  };
  for (const migration of pending.filter(createsFunctions))
    await inTransaction(client, () => apply(client, migration, howOf(migration)));
  // Together: otherwise a start that fails leaves the tables of one version with the functions of another.
  await inTransaction(client, async () => {
    for (const migration of pending.filter((one) => !createsFunctions(one))) {
      await addMissingFunctions(client, schema.functions);
      await apply(client, migration, howOf(migration));
    }
    if (schema.isWhole) await applyFunctions(client, schema.functions, functionsOfMigrations(schema.known));
    await syncLegalTransitions(client);
  });
  return { applied: pending.map(({ name }) => name) };
}

/** A database that has had the migrations which the baseline sums up lacks only the baseline in its history. */
const afterBaseline = (applied: readonly AppliedMigration[]) => (areSummedUp(applied) ? [] : applied);

const pendingOf = (applied: readonly AppliedMigration[], known: readonly Migration[]) =>
  known.filter(({ version }) => !applied.some((row) => row.version === version));

function refusalOf(
  applied: readonly AppliedMigration[],
  known: readonly Migration[],
): ConfigurationError | null {
  const oldest = known[0]?.version ?? 0;
  const last = applied.at(-1);
  if (last?.version === summedUp.version) return migrationChanged(last);
  if (last && last.version < oldest) return upgradeTooFar(last.version, summedUp);
  const newest = applied.findLast(({ version }) => !known.some((one) => one.version === version));
  if (newest) return schemaTooNew(newest, known.at(-1)?.version ?? 0);
  const changed = known.find(({ version, sql }) =>
    applied.some((row) => row.version === version && row.checksum !== checksum(sql)),
  );
  return changed ? migrationChanged(changed) : null;
}

function checksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/** The form in which the database stores it in its history. */
export function checksumOfMigration({ sql }: Migration): string {
  return checksum(sql);
}

/** Created in the transaction of the first migration: if that fails, nothing stays in the database. */
const createHistory = `do $$ begin
    if to_regnamespace('${ownSchema}') is null then create schema ${ownSchema}; end if;
  end $$;
  create table schema_migrations (
    version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`;

async function apply(
  client: pg.Client,
  { version, name, sql }: Migration,
  how: 'create' | 'adopt' | 'add',
): Promise<void> {
  const row = { version, name, checksum: checksum(sql) };
  if (how === 'adopt') return adopt(client, row);
  if (how === 'create') await client.query(createHistory);
  await client.query(sql);
  await client.query(pinFunctions);
  await recordMigration(client, row);
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (cause) {
    // After a lost connection the server has already rolled back; the caller must get the lost connection as its error.
    await client.query('rollback').catch(() => undefined);
    throw cause;
  }
}

async function syncLegalTransitions(client: pg.Client): Promise<void> {
  const rows = JSON.stringify(
    legalTransitions.map(({ kind, from, to }) => ({ kind, from_value: from, to_value: to })),
  );
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
}
