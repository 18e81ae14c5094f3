// Checks whether anyone still holds a session's lock: the wrapper took it, and everything that inherited it holds it.

import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { TransientError } from '../domain/failure.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import type { ProcessHandle } from './process-handle.ts';
import { hasOpenForWriting, listPids } from './process-table.ts';
import { findOnPath, toolPath } from './resolve-program.ts';
import { filePath } from './session-files.ts';

const probeTimeoutMs = 5_000;

/** The path of flock(1), or null if it is missing. */
export function findFlock(): string | null {
  return findOnPath('flock', toolPath, '/');
}

/**
 * True if nobody holds the lock. Without flock(1), every process that has the file open for writing counts as a holder,
 * as all that inherited it do; the kernel's own answer covers other users' processes too. /proc/locks does not help:
 * inside a container it hides a lock whose first taker, flock(1) itself, is gone.
 */
export async function isLockFree(handle: Pick<ProcessHandle, 'directory' | 'hasLock'>): Promise<boolean> {
  const path = filePath(handle.directory, 'lock');
  const flock = handle.hasLock ? findFlock() : null;
  if (flock === null) return !listPids().some((pid) => hasOpenForWriting(pid, path));
  // Opened read-only, so that a check never counts as a holder (hasOpenForWriting). The lock is shared, so that
  // concurrent checks do not see each other.
  const file = await open(path, 'r').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  });
  // Without the directory there is nothing to hold.
  if (file === null) return true;
  try {
    const probe = spawn(flock, ['-n', '-s', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', file.fd],
      timeout: probeTimeoutMs,
    });
    const code = await exitCodeOf(probe);
    if (code === 0) return true;
    if (code === 1) return false;
    throw new Error(`flock(1) ended with code ${code}.`);
  } catch (cause) {
    throw new TransientError({
      code: 'SESSION_LOCK_UNREADABLE',
      message: `Moose could not determine whether the session in ${handle.directory} holds its lock.`,
      advice: 'Check that the machine can start processes and that its file system supports locks.',
      component: 'sessions',
      operation: 'lock',
      metadata: { path },
      cause,
    });
  } finally {
    await file.close();
  }
}

function exitCodeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
