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

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseServerUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** `from`: another template; `template1` is an empty database. */
export async function cloneDatabase(from: string = templateName): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name} template ${from} strategy file_copy`);
  const url = new URL(inject('databaseServerUrl'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`drop database if exists ${name} with (force)`) };
}

/** Opened for one test, and gone after it. */
export async function testDatabase(): Promise<Database> {
  const cloned = await cloneDatabase();
  const database = openDatabase(cloned.url, { connectionsMax: 8 });
  onTestFinished(async () => {
    await database.close();
    await cloned.drop();
  });
  return database;
}
