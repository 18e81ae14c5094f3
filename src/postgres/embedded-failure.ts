// Failures of several files of this folder, and what they need to know.

import { statfs } from 'node:fs/promises';
import { isMooseError, type MooseError } from '../domain/failure.ts';
import { errorCode } from '../stdx/system-error.ts';
import { postgresFailures } from './failure-catalogue.ts';

export const databaseUrlAdvice = 'set MOOSE_DATABASE_URL to a PostgreSQL server of your own';

export function diskFull(
  directory: string,
  details: { metadata?: Record<string, unknown>; cause?: unknown },
) {
  return postgresFailures.EMBEDDED_DISK_FULL(
    { operation: 'start', ...details },
    { directory, minimumFreeBytes: minimumFreeBytes / 1024 ** 2 },
  );
}

/** What initdb writes; or one log segment of an older version, and the files that a start writes. */
const minimumFreeBytes = 32 * 1024 ** 2;

/** Checks the space that an ordinary process may still use, without root's reserve: PostgreSQL never runs as root. */
export async function isDiskFull(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize < minimumFreeBytes;
}

/** A disk without room for more files may have room for more bytes, and again once initdb has removed what it wrote. */
export function saysDiskFull(output: string): boolean {
  return output.includes('No space left on device');
}

/** Converts a failed file operation of the launcher itself; a MooseError is returned unchanged. */
export function fromFileSystem(cause: unknown, directory: string): MooseError {
  if (isMooseError(cause)) return cause;
  const errno = errorCode(cause);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return diskFull(directory, { cause });
  if (errno === 'EROFS')
    return postgresFailures.EMBEDDED_DISK_READ_ONLY({ operation: 'start', cause }, { directory });
  if (errno === 'EIO' || errno === 'EUCLEAN' || errno === 'ESHUTDOWN')
    return postgresFailures.EMBEDDED_DISK_FAILS({ operation: 'start', cause }, { directory, reason: errno });
  return postgresFailures.EMBEDDED_DIRECTORY_UNUSABLE(
    { operation: 'start', cause },
    { directory, reason: errno ?? String(cause) },
  );
}
