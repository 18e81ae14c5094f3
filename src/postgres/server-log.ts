// The server writes its log directly to a file, so that it holds none of our file descriptors; each start limits the
// file's size.

import { constants } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openPassing, renamePassing } from '../stdx/files/passing-files.ts';

const logLimitBytes = 8 * 1024 ** 2;
const logTailBytes = 4096;

export interface ServerLog {
  readonly path: string;
  /** Offset of the first line of this start. */
  readonly offsetBytes: number;
  readonly file: FileHandle;
}

/** The caller closes `file`. */
export async function openServerLog(directory: string): Promise<ServerLog> {
  const path = join(directory, 'server.log');
  const before = await stat(path).catch(() => null);
  if (before !== null && before.size > logLimitBytes) await renamePassing(path, `${path}.1`);
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await openPassing(path, flags, 0o600);
  return { path, offsetBytes: (await file.stat()).size, file };
}

export async function readLogTail(log: Pick<ServerLog, 'path' | 'offsetBytes'>): Promise<string> {
  const file = await openPassing(log.path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(log.offsetBytes, size - logTailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(logTailBytes), 0, logTailBytes, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}

/** The SQLSTATE of each line that has one (`log_line_prefix` in settings.ts puts it after the process ID). */
export function sqlStatesIn(logTail: string): Set<string> {
  return new Set(
    Array.from(logTail.matchAll(/^\S+ \S+ \S+ \[\d+\] ([0-9A-Z]{5}) /gm), ([, state]) => state ?? ''),
  );
}
