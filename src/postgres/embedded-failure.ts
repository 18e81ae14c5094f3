// Creates every failure of this folder: a stable code, one sentence, and one sentence of advice.

import { statfs } from 'node:fs/promises';
import { ConfigurationError, isMooseError, type MooseError, TransientError } from '../domain/failure.ts';
import { errorCode } from '../stdx/system-error.ts';

export interface EmbeddedFailureFields {
  code: `EMBEDDED_${string}`;
  message: string;
  advice: string;
  operation: 'start' | 'stop' | 'probe';
  metadata?: Record<string, unknown>;
  cause?: unknown;
}

export const databaseUrlAdvice = 'set MOOSE_DATABASE_URL to a PostgreSQL server of your own';

const component = 'store.embedded';

/** For failures that require a change to the machine or to a setting. */
export function misconfigured(fields: EmbeddedFailureFields): ConfigurationError {
  return new ConfigurationError({ ...fields, component, severity: 'high' });
}

/** For failures after which the same start may succeed later. */
export function notNow(fields: EmbeddedFailureFields): TransientError {
  return new TransientError({ ...fields, component, severity: 'high' });
}

export function diskFull(
  directory: string,
  details: { metadata?: Record<string, unknown>; cause?: unknown },
) {
  return notNow({
    code: 'EMBEDDED_DISK_FULL',
    message: `The disk that holds ${directory} is full, so the embedded PostgreSQL cannot run.`,
    advice: `Free at least ${minimumFreeBytes / 1024 ** 2} MiB on that disk and start again.`,
    operation: 'start',
    ...details,
  });
}

/** One write-ahead segment of 16 MiB plus room for the files that a start writes. */
const minimumFreeBytes = 32 * 1024 ** 2;

/** Checks the space that an ordinary process may still use, without root's reserve: PostgreSQL never runs as root. */
export async function isDiskFull(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize < minimumFreeBytes;
}

/** Converts a failed file operation of the launcher itself; a MooseError is returned unchanged. */
export function fromFileSystem(cause: unknown, directory: string): MooseError {
  if (isMooseError(cause)) return cause;
  const errno = errorCode(cause);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return diskFull(directory, { cause });
  return misconfigured({
    code: 'EMBEDDED_DIRECTORY_UNUSABLE',
    message: `The directory of the embedded PostgreSQL, ${directory}, cannot be used (${errno ?? String(cause)}).`,
    advice: `Make it readable and writable for the user that runs Moose, choose another directory, or ${databaseUrlAdvice}.`,
    operation: 'start',
    cause,
  });
}
