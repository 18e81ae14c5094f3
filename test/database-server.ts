// One real PostgreSQL for all tests of a run. Its template database is migrated once, and each test file clones it.
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrateDurable } from '../src/durable/migrate-durable.ts';
import { rememberDurableMigrated } from '../src/durable/schema-version.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseServerUrl: string;
    /** A folder for what the test files of a run share; removed at its end. */
    sharedFolder: string;
  }
}

export const templateName = 'moose_template';

/** The data of tests need not survive a power cut: tests that cut the power start servers of their own. */
const quick = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '1000' };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await startTestServer();
  project.provide('databaseServerUrl', url);
  const sharedFolder = await makeRoomyFolder('moose-test-shared-');
  // PostgreSQL, started by root, runs under another account.
  await chmod(sharedFolder, 0o755);
  project.provide('sharedFolder', sharedFolder);
  return async () => {
    await stop();
    await rm(sharedFolder, { recursive: true, force: true });
  };
}

const memoryPath = '/dev/shm';
const memoryBytesMin = 2 * 1024 ** 3;

/**
 * A directory in memory if the machine has room for it. A database has some 1,000 files, and each test
 * creates and deletes at least one database. Before it creates a file, ext4 looks at every file that was deleted in the
 * last seconds, so that a clone took 1,200 ms instead of 40.
 */
async function makeRoomyFolder(prefix: string): Promise<string> {
  const memory = await statfs(memoryPath).catch(() => null);
  const hasRoom = memory !== null && memory.bavail * memory.bsize >= memoryBytesMin;
  const parent = hasRoom ? memoryPath : tmpdir();
  return await mkdtemp(join(parent, prefix));
}

/** Starts a server that has the template database. */
export async function startTestServer(
  settings: Readonly<Record<string, string>> = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await makeRoomyFolder('moose-test-database-');
  const server = await startEmbedded({ directory, settings: { ...quick, ...settings } });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  // The role has the same name as Moose's schema, so PostgreSQL would search that schema by default. On other servers
  // it does not, so the default is overridden here.
  await client.query('alter role current_user set search_path = public');
  await client.query(`create database ${templateName}`);
  await client.end();
  const template = new URL(server.url);
  template.pathname = `/${templateName}`;
  await migrate(template.href);
  await migrateDurable(template.href);
  const database = openDatabase(template.href, { connectionsMax: 1 });
  await rememberDurableMigrated(database);
  await database.close();
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
