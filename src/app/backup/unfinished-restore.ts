// Marks a data directory during a restore: no Moose starts there until the restore is complete.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../../domain/failure.ts';
import { isThere } from '../../git/is-there.ts';

export const markPath = (dataDirectory: string) => join(dataDirectory, 'restoring');

export async function markUnfinished(dataDirectory: string): Promise<void> {
  const text =
    'A backup is being restored here. Without a running `moose restore`, the copy is incomplete.\n';
  await writeFile(markPath(dataDirectory), text, { flag: 'wx', flush: true });
}

/** @throws ConfigurationError `RESTORE_UNFINISHED` */
export async function assertRestored(dataDirectory: string): Promise<void> {
  if (!(await isThere(markPath(dataDirectory)))) return;
  throw new ConfigurationError({
    code: 'RESTORE_UNFINISHED',
    component: 'config',
    operation: 'open',
    message: `A backup is being restored into ${dataDirectory}, or was, and did not finish.`,
    advice:
      'Wait for `moose restore`. If it was stopped, run it again with --force; for your own PostgreSQL, into a new database.',
  });
}
