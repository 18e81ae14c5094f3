// One database for all tests of a file that tolerate each other's rows. The money tables are emptied before each test.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { until } from '../src/stdx/async/until.fixture.ts';
import { type Database, openDatabase, type Query } from '../src/store/database.ts';
import { cloneDatabase, type TestDatabase } from './database.ts';

/**
 * Waits for statements that nobody else waits for any more: those of an abandoned draw, or of a connection that was cut. They
 * would write after the tables were emptied.
 */
export async function untilAtRest(query: Query): Promise<void> {
  await until('the end of the statements of earlier tests', async () => {
    const { rows } =
      await sql`select from pg_stat_activity where datname = current_database() and state <> 'idle'
      and backend_type = 'client backend' and pid <> pg_backend_pid()`.execute(query);
    return rows.length === 0;
  });
}

/**
 * A `truncate` would take five times as long, since each table gets new files, and every connection has to look at them
 * again. Triggers keep the rows of the ledger, and are off meanwhile.
 */
export async function emptyTables(query: Query, names: readonly string[]): Promise<void> {
  const deletes = names.map((name) => `delete from ${name};`).join('\n');
  await sql
    .raw(
      `do $$ begin perform set_config('session_replication_role', 'replica', true);
      ${deletes}
      perform set_config('session_replication_role', 'origin', true); end $$`,
    )
    .execute(query);
}

export const moneyTables = [
  'budget_windows',
  'cost_tracking',
  'call_bodies',
  'gateway_keys',
  'gateways',
  'system_alerts',
] as const;

export function sharedDatabase(): () => Database {
  let cloned: TestDatabase | undefined;
  let database: Database | undefined;
  let settings: string | undefined;
  beforeAll(async () => {
    cloned = await cloneDatabase();
    database = openDatabase(cloned.url, { connectionsMax: 8 });
    settings = JSON.stringify(await database.query.selectFrom('systemConfig').selectAll().execute());
  });
  beforeEach(async () => {
    await untilAtRest(opened());
    await emptyTables(opened(), [...moneyTables, 'system_config', 'model_substitutions']);
    // Specs refer to their approved plans, and stay.
    await sql`update specs set run_state = null, approved_version = null, approved_by = null, approved_at = null,
      run_changed_by = null, run_changed_at = null where approved_version is not null`.execute(opened());
    await sql`delete from spec_plans`.execute(opened());
    await sql`delete from plannings`.execute(opened());
    await sql`insert into system_config select key, value, "updatedBy", "updatedAt" from jsonb_to_recordset(${settings}::jsonb)
      as kept (key text, value jsonb, "updatedBy" text, "updatedAt" timestamptz)`.execute(opened());
  });
  afterAll(async () => {
    await database?.close();
    await cloned?.drop();
  });
  const opened = () => {
    if (!database) throw new Error('The database is there while a test runs');
    return database.query;
  };
  return () => {
    opened();
    return database as Database;
  };
}
