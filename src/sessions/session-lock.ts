// Checks whether anyone still holds a session's lock: the wrapper took it, and everything that inherited it holds it.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { TransientError } from '../domain/failure.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { sessionFailures } from './failure-catalogue.ts';
import type { ProcessHandle } from './process-handle.ts';
import { hasOpenForWriting, listPids } from './process-table.ts';
import { findOnPath, toolPath } from './resolve-program.ts';
import { filePath } from './session-files.ts';

const probeTimeoutMs = 5_000;
/** If there is still data after this many reads, a writer is alive. */
const readsMax = 64;
const readBytes = 64 * 1_024;

/** The path of flock(1), or null if it is missing. */
export function findFlock(): string | null {
  return findOnPath('flock', toolPath, '/');
}

/** The path of mkfifo(1), or null if it is missing. */
export function findMkfifo(): string | null {
  return findOnPath('mkfifo', toolPath, '/');
}

/**
 * True if nobody holds the lock. It is a named pipe that every holder has open for writing: the kernel tells a reader
 * whether there are any, without a process for the question. In sessions of an older Moose, and on file systems without
 * pipes, it is a file with a lock of flock(1). Without flock(1), every process that has that file open for writing counts
 * as a holder. /proc/locks does not help: inside a container it hides a lock whose first taker, flock(1) itself, is gone.
 */
export async function isLockFree(handle: Pick<ProcessHandle, 'directory' | 'hasLock'>): Promise<boolean> {
  const path = filePath(handle.directory, 'lock');
  // Read-only, so that a check never counts as a holder (hasOpenForWriting), and without waiting for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    // Where a session sees its user's files, it can put a link or a socket there, or close it.
    if (hasErrorCode(error, 'ELOOP', 'ENXIO', 'EACCES')) throw unreadable(handle.directory, error);
    throw error;
  });
  // Without the file there is nothing to hold.
  if (file === null) return true;
  try {
    if ((await file.stat()).isFIFO()) return await hasNoWriter(file);
    const flock = handle.hasLock ? findFlock() : null;
    if (flock !== null) return await isFlockFree(flock, file);
    return !listPids().some((pid) => hasOpenForWriting(pid, path));
  } catch (cause) {
    throw unreadable(handle.directory, cause);
  } finally {
    await file.close();
  }
}

function unreadable(directory: string, cause: unknown): TransientError {
  return sessionFailures.SESSION_LOCK_UNREADABLE(
    { operation: 'lock', metadata: { path: filePath(directory, 'lock') }, cause },
    { directory },
  );
}

/** A pipe without a writer is at its end; one with a writer that has written nothing says 'try again'. */
async function hasNoWriter(pipe: FileHandle): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(readBytes);
  try {
    for (let reads = 0; reads < readsMax; reads += 1)
      if ((await pipe.read(buffer, 0, readBytes, null)).bytesRead === 0) return true;
    return false;
  } catch (error) {
    if (hasErrorCode(error, 'EAGAIN')) return false;
    throw error;
  }
}

/** The lock is shared, so that concurrent checks do not see each other. */
async function isFlockFree(flock: string, file: FileHandle): Promise<boolean> {
  const probe = spawn(flock, ['-n', '-s', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file.fd],
    timeout: probeTimeoutMs,
  });
  const code = await exitCodeOf(probe);
  if (code === 0 || code === 1) return code === 0;
  throw new Error(`flock(1) ended with code ${code}.`);
}

function exitCodeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
