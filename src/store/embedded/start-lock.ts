// At most one process at a time starts or stops what runs for a directory; the kernel frees the lock of one that was killed.
// Node has no flock(2). An exclusive transaction of the built-in SQLite on an empty file is a kernel lock (fcntl) with the
// same promise, needs no rule for stale holders, and writes nothing.

import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sleep } from '../../stdx/sleep.ts';
import { errnoOf, misconfigured, notNow } from './embedded-failure.ts';

/** Longer than the slowest start: an initdb of 60 s and a crash recovery behind it. */
const lockWaitLimitMs = 240_000;
const lockPollMs = 15;
/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const sqliteBusy = 5;

export async function withStartLock<T>(
  directory: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  what = 'the embedded PostgreSQL',
): Promise<T> {
  const lock = await takeLock(join(directory, 'start.lock'), what, signal);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function takeLock(path: string, what: string, signal: AbortSignal | undefined): Promise<DatabaseSync> {
  const deadlineMs = performance.now() + lockWaitLimitMs;
  while (performance.now() < deadlineMs) {
    signal?.throwIfAborted();
    const lock = tryLock(path, what);
    if (lock !== null) return lock;
    await sleep(lockPollMs, signal);
  }
  throw notNow({
    code: 'EMBEDDED_START_BUSY',
    message: `Another process has been starting or stopping ${what} for ${lockWaitLimitMs / 1000} s.`,
    advice: `Look for a hung Moose process that holds ${path}, end it and start again.`,
    operation: 'start',
  });
}

function tryLock(path: string, what: string): DatabaseSync | null {
  let lock: DatabaseSync | undefined;
  try {
    createPrivately(path);
    lock = new DatabaseSync(path, { timeout: 0 });
    // No journal file: nothing is written, so the lock can be had on a full disk too.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === sqliteBusy) return null;
    throw misconfigured({
      code: 'EMBEDDED_LOCK_UNUSABLE',
      message: `The lock file ${path} of ${what} cannot be locked.`,
      advice: 'Remove that file if it is not empty, and keep the directory on a local, writable file system.',
      operation: 'start',
      cause,
    });
  }
}

/** Nobody else may open the file, for a reader could lock us out. Never opens one that exists: closing it would drop our lock. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw cause;
  }
}
