// At most one process at a time starts or stops what runs for a directory; if that process is killed, the kernel
// releases its lock. Node has no flock(2). An exclusive SQLite transaction on an empty file is a kernel lock (fcntl)
// with the same guarantee, needs no rule for stale holders, and writes nothing.

import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sleep } from '../../stdx/async/sleep.ts';
import { openPassingNow } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { postgresFailures } from '../failure-catalogue.ts';

/** Longer than the slowest start: an initdb of 60 s followed by a crash recovery. */
const lockWaitLimitMs = 240_000;
const lockPollMs = 15;
/** Longer than a start or a stop usually takes. */
const meanwhileEveryMs = 2_500;
/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const sqliteBusy = 5;

export interface StartLockOptions<T> {
  /** What is started, for error messages. */
  what?: string;
  /** The lock's name, if one directory needs several locks. */
  file?: string;
  /** Called repeatedly while another process has the lock; returns what makes the lock unnecessary, or null. */
  meanwhile?: () => Promise<T | null>;
  /** If two holders at once do no harm: the longest wait for a process that hangs while it holds the lock. */
  alsoWithoutAfterMs?: number;
}

export async function withStartLock<T>(
  directory: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  options: StartLockOptions<T> = {},
): Promise<T> {
  const taken = await takeLock(join(directory, options.file ?? 'start.lock'), options, signal);
  if ('found' in taken) return taken.found;
  try {
    return await work();
  } finally {
    taken.lock?.close();
  }
}

type Taken<T> = { lock: DatabaseSync | null } | { found: T };

async function takeLock<T>(
  path: string,
  { what = 'the embedded PostgreSQL', meanwhile, alsoWithoutAfterMs }: StartLockOptions<T>,
  signal: AbortSignal | undefined,
): Promise<Taken<T>> {
  const startMs = performance.now();
  let askedAtMs = startMs;
  for (let nowMs = startMs; nowMs - startMs < lockWaitLimitMs; nowMs = performance.now()) {
    signal?.throwIfAborted();
    const lock = tryLock(path, what);
    if (lock !== null) return { lock };
    if (alsoWithoutAfterMs !== undefined && nowMs - startMs > alsoWithoutAfterMs) return { lock: null };
    if (meanwhile && nowMs - askedAtMs > meanwhileEveryMs) {
      askedAtMs = nowMs;
      const found = await meanwhile();
      if (found !== null) return { found };
    }
    await sleep(lockPollMs, signal);
  }
  throw postgresFailures.EMBEDDED_START_BUSY('start', {
    what,
    seconds: lockWaitLimitMs / 1000,
    path,
  });
}

function tryLock(path: string, what: string): DatabaseSync | null {
  let lock: DatabaseSync | undefined;
  try {
    createPrivately(path);
    lock = new DatabaseSync(path, { timeout: 0 });
    // Without a journal file nothing is written, so the lock also works on a full disk.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === sqliteBusy) return null;
    throw postgresFailures.EMBEDDED_LOCK_UNUSABLE({ operation: 'start', cause }, { path, what });
  }
}

/**
 * Nobody else may open the file, because a reader could lock us out. An existing file is not opened, because closing it
 * would release our lock.
 */
function createPrivately(path: string): void {
  try {
    closeSync(openPassingNow(path, 'wx', 0o600));
  } catch (cause) {
    if (!hasErrorCode(cause, 'EEXIST')) throw cause;
  }
}
