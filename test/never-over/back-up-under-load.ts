// Makes a backup while clients spend and the database is killed, restores it, and judges the copy as the original.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { makeBackup } from '../../src/app/backup/make-backup.ts';
import { restoreBackup } from '../../src/app/backup/restore-backup.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { openDatabase } from '../../src/store/database.ts';
import { reapCalls } from '../../src/store/money/gateways.ts';
import { cloneDatabase } from '../database.ts';
import type { Ground } from './ground.ts';
import type { Bill } from './messages.ts';
import { type CallRow, callsOf, callsThatDiffer, countersThatDiffer } from './proof.ts';
import { startSampler } from './sampler.ts';

/** The share of the limit, spent or presumed, from which the backup is made: nearly all clients are at work. */
const fromShare = 0.2;
/** The plan kills fewer databases during one backup. */
const attemptsMax = 20;
const lookEveryMs = 20;

export interface BackupUnderLoad {
  path: string;
  /** What the provider had billed before the backup began. */
  billedBefore: bigint;
  /** Attempts that a killed database ended. */
  failed: number;
  /** Files that such an attempt left. */
  left: string[];
  /** Calls that were open in the moment of the backup, or later: it was made under load. */
  openCalls: number;
  remove(): Promise<void>;
}

/** Resolves with the first complete backup. */
export async function backUpUnderLoad(
  { database, provider, sampler }: Ground,
  signal: AbortSignal,
): Promise<BackupUnderLoad> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-backup-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const left: string[] = [];
  while (shareOf(sampler.last()) < fromShare) await sleep(lookEveryMs, signal);
  for (let failed = 0; ; failed++) {
    const billedBefore = await provider.billed();
    try {
      const wish = { databaseUrl: database.url, dataDirectory: directory, host: 'alpha', now: new Date() };
      const { path } = await makeBackup({ ...wish, path: join(directory, 'backup.tar.gz') }, signal);
      return { path, billedBefore, failed, left, openCalls: sampler.last()?.openCalls ?? 0, remove };
    } catch (cause) {
      left.push(...(await readdir(directory)));
      if (failed === attemptsMax || signal.aborted) throw cause;
      await sleep(lookEveryMs, signal);
    }
  }
}

function shareOf(last: ReturnType<Ground['sampler']['last']>): number {
  return last ? Number(last.spentNanoUsd + last.presumedNanoUsd) / Number(last.limitNanoUsd) : 0;
}

export interface JudgedCopy {
  violations: string[];
  differences: string[];
  calls: number;
  /** What the same judges say after one settled call was changed in the copy: it must not be empty. */
  planted: string[];
}

/** @param original the database from which the backup was made, when all of its calls are over */
export async function judgeCopy(
  original: Pick<Ground, 'database' | 'told'>,
  { path, billedBefore }: BackupUnderLoad,
  bills: readonly Bill[],
): Promise<JudgedCopy> {
  const { url, drop } = await cloneDatabase('template1');
  const dataDirectory = join(path, '..', 'restored');
  const copy = openDatabase(url, { connectionsMax: 4 });
  try {
    const wish = { path, dataDirectory, isForced: false, now: new Date() };
    await restoreBackup({ ...wish, openDatabase: async () => url }, new AbortController().signal);
    await copyPresumptions(original.database, copy);
    const sampler = startSampler({ databaseUrl: url, billed: async () => billedBefore });
    while (sampler.count() === 0 && sampler.violations.length === 0) await sleep(lookEveryMs);
    await sampler.stop();
    // The gateways of the original ended with its machine, so their open calls are presumed spent.
    for (let look = 0; look < 2; look += 1)
      await copy.transaction((query) => reapCalls(query, { silenceMs: 0, betweenLooksMs: 0 }));
    const later = await callsOf(original.database);
    const differences = async () => {
      const calls = await callsOf(copy);
      return [
        ...(await countersThatDiffer(copy)),
        ...callsThatDiffer(withLost(calls, later), bills, original.told.tags),
      ];
    };
    const calls = await callsOf(copy);
    const found = await differences();
    await plant(copy, calls);
    return {
      violations: [...sampler.violations],
      differences: found,
      calls: calls.length,
      planted: await differences(),
    };
  } finally {
    await copy.close();
    await drop();
  }
}

/** What was called after the backup is known to the lost machine only. */
function withLost(calls: readonly CallRow[], later: readonly CallRow[]): CallRow[] {
  const known = new Set(calls.map(({ id }) => id));
  return [...calls, ...later.filter(({ id }) => !known.has(id))];
}

/** The judges need them: see `recordPresumptions`. */
async function copyPresumptions(from: Ground['database'], to: Ground['database']): Promise<void> {
  await sql`create table public.presumed_calls (id uuid primary key)`.execute(to.query);
  const { rows } = await sql<{ id: string }>`select id from public.presumed_calls`.execute(from.query);
  await sql`insert into public.presumed_calls select unnest(${rows.map(({ id }) => id)}::uuid[])`.execute(
    to.query,
  );
}

/** Changes what one settled call cost, past all triggers. */
async function plant(copy: Ground['database'], calls: readonly CallRow[]): Promise<void> {
  const victim = calls.find(({ status }) => status === 'settled');
  await copy.query.connection().execute(async (query) => {
    await sql`set session_replication_role = replica`.execute(query);
    await sql`update cost_tracking set actual_nano_usd = actual_nano_usd + 1 where id = ${victim?.id ?? null}::uuid`.execute(
      query,
    );
    await sql`set session_replication_role = origin`.execute(query);
  });
}
