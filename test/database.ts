// A separate database for a test: cloned from the migrated template, and dropped at the end.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../src/store/database.ts';
import { templateName } from './database-server.ts';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Of the shared server, for all test files of this process: to connect takes as long as to clone. */
let sharedPool: pg.Pool | null = null;

async function onServer(serverUrl: string, sql: string): Promise<void> {
  if (serverUrl === inject('databaseServerUrl')) {
    sharedPool ??= openPool(serverUrl);
    const pool = sharedPool;
    const slow = setTimeout(() => void reportLockHolders(pool, sql), slowMs);
    await pool.query(sql).finally(() => clearTimeout(slow));
    return;
  }
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const slowMs = 15_000;

/** For the person who reads the log of a run in which the server hung. */
async function reportLockHolders(pool: pg.Pool, sql: string): Promise<void> {
  const backends = `select pid, datname, backend_type, state, wait_event_type, wait_event, pg_blocking_pids(pid), left(query, 80)
    from pg_stat_activity where pid <> pg_backend_pid()`;
  const told = await pool.query(backends).then(
    ({ rows }) => rows.map((row) => JSON.stringify(row)).join('\n'),
    (error: unknown) => `The server does not tell: ${String(error)}`,
  );
  process.stderr.write(`"${sql}" takes longer than ${slowMs / 1000} s.\n${told}\n`);
}

function openPool(serverUrl: string): pg.Pool {
  // The process may end while a connection is idle.
  const pool = new pg.Pool({ connectionString: serverUrl, allowExitOnIdle: true });
  // The pool replaces an idle connection that is lost.
  pool.on('error', () => undefined);
  return pool;
}

/** `from` is the template to clone; `template1` is an empty database. */
export async function cloneDatabase(
  from: string = templateName,
  serverUrl: string = inject('databaseServerUrl'),
): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `create database ${name} template ${from} strategy file_copy`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(serverUrl, `drop database if exists ${name} with (force)`) };
}

/**
 * Opens a database for one test, and drops it after the test. `serverUrl`: another server than the shared one, for
 * tests that must not see the transactions of others.
 */
export async function testDatabase(serverUrl?: string): Promise<Database> {
  const cloned = await cloneDatabase(templateName, serverUrl);
  const database = openDatabase(cloned.url, { connectionsMax: 8 });
  onTestFinished(async () => {
    await database.close();
    await cloned.drop();
  });
  return database;
}
