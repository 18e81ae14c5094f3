// For tests: a database with some of everything, and repositories in a data directory.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { cloneDatabase, testDatabase } from '../../../test/database.ts';
import { aProcess } from '../../api/work-order-story.fixture.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { copiedTables, quoted } from '../../store/backup/copied-tables.ts';
import type { Database } from '../../store/database.ts';
import { aWorkOrderAtWork, type Scratch } from '../../store/work/scratch-rows.fixture.ts';
import { saveArtifact } from '../../store/work/sessions/artifacts.ts';
import { intendEffect, markEffect } from '../../store/work/sessions/effects.ts';
import { makeBackup } from './make-backup.ts';
import { type Restored, restoreBackup } from './restore-backup.ts';

export const never = new AbortController().signal;
/** Enough bytes of every value that a row is larger than a part. */
const content = Buffer.alloc(5 * 1024 * 1024, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
export const strangeTitle = 'a\ttab, a \\N, a\nline, "quotes", null, \u202e and ü';

export interface BackupGround {
  root: string;
  dataDirectory: string;
  database: Database;
  of: Scratch;
  /** The commit that only the mirror of the project has. */
  preserved: string;
  make(name?: string): ReturnType<typeof makeBackup>;
  /** Restores into a new directory and a database without work. */
  restore(path: string, given?: { into?: string; isForced?: boolean; url?: string }): Promise<Restoration>;
}

export interface Restoration extends Restored {
  dataDirectory: string;
  url: string;
}

export async function backupGround(): Promise<BackupGround> {
  const database = await testDatabase();
  const root = scratchDirectory();
  const dataDirectory = join(root, 'data');
  const of = await aWorkOrderAtWork(database, { step: 'applying', title: strangeTitle });
  await saveArtifact(database.query, {
    workOrderId: of.workOrderId,
    runId: of.runId,
    cycle: 0,
    kind: 'patch',
    content,
  });
  await aProcess(database, of, { state: 'running', directory: join(dataDirectory, 'sessions', 'one') });
  await aProcess(database, of, { state: 'exited', cycle: 1 });
  const key = `worktree:${of.workOrderId}@alpha`;
  const repositoryPath = join(dataDirectory, 'mirrors', `${of.projectId}.git`);
  const detail = { repositoryPath, worktreePath: join(dataDirectory, 'worktrees', 'one'), host: 'alpha' };
  const { workOrderId, runId } = of;
  await intendEffect(database.query, { workOrderId, runId, kind: 'worktree', key, detail });
  await markEffect(database.query, key, 'done');
  await sql`insert into executors (id, host, pid, lock_backend) values ('one', 'alpha', 1, 1)`.execute(
    database.query,
  );
  return {
    root,
    dataDirectory,
    database,
    of,
    preserved: aMirror(repositoryPath),
    make: (name = 'backup.tar.gz') =>
      makeBackup(
        { databaseUrl: database.url, dataDirectory, host: 'alpha', path: join(root, name), now: new Date() },
        never,
      ),
    restore: async (path, given = {}) => {
      const into = given.into ?? join(root, `restored-${Math.random().toString(36).slice(2)}`);
      const url = given.url ?? (await migratedDatabase());
      const wish = {
        path,
        dataDirectory: into,
        isForced: given.isForced ?? false,
        now: new Date(),
        databaseUrl: url,
      };
      const restored = await restoreBackup({ ...wish, openDatabase: async () => url }, never);
      return { ...restored, dataDirectory: into, url };
    },
  };
}

export async function emptyDatabase(): Promise<string> {
  const { url, drop } = await cloneDatabase('template1');
  onTestFinished(drop);
  return url;
}

/** A database with all tables and no work. */
export async function migratedDatabase(): Promise<string> {
  const { url, drop } = await cloneDatabase();
  onTestFinished(drop);
  return url;
}

/** A bare repository with a branch, and a preserved commit that no branch has. */
function aMirror(path: string): string {
  const person = scratchRepository();
  mkdirSync(join(path, '..'), { recursive: true });
  gitIn(person.path, 'clone', '--quiet', '--bare', '--', person.path, path);
  const preserved = person.commit({ 'unpushed.txt': 'only here' });
  gitIn(path, 'fetch', '--quiet', person.path, `main:refs/moose/preserved/0123abcd`);
  return preserved;
}

/** Each table's number of rows and a checksum over them. */
export async function sumsOf(url: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const sums = new Map<string, string>();
    await client.query('set search_path to moose');
    for (const table of await copiedTables(client)) {
      const { rows } = await client.query<{ sum: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as sum from ${quoted(client, table)} t`,
      );
      sums.set(`${table.schema}.${table.name}`, rows[0]?.sum ?? '');
    }
    return sums;
  } finally {
    await client.end();
  }
}
