// A database of a test's own: cloned from the migrated template, dropped at the end.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../src/store/database.ts';
import { templateName } from './database-server.ts';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

async function onServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** `from`: another template; `template1` is an empty database. */
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
 * Opened for one test, and gone after it. `serverUrl`: another server than that of all tests, for what must not see their
 * transactions.
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
