// Marks a data directory during a restore: no Moose starts there until the restore is complete.

import { join } from 'node:path';
import { isThere, readIfThere } from '../../git/run/is-there.ts';
import { createFile } from '../../stdx/files/durable-files.ts';
import { appFailures } from '../failure-catalogue.ts';

/** What precedes a path, in the mark and in the error. */
const keptIn = 'The previous content is in';

export const markPath = (dataDirectory: string) => join(dataDirectory, 'restoring');

const doneSoFar =
  'A backup is being restored here. Without a running `moose restore`, the copy is incomplete.';

/** @param keptAside - where the previous content of the directory is now; null if there was none */
export async function markUnfinished(dataDirectory: string, keptAside: string | null = null): Promise<void> {
  const where = keptAside === null ? '' : `${keptIn} ${keptAside}\n`;
  await createFile(markPath(dataDirectory), `${doneSoFar}\n${where}`);
}

/** @throws ConfigurationError `RESTORE_UNFINISHED` */
export async function assertRestored(dataDirectory: string): Promise<void> {
  if (!(await isThere(markPath(dataDirectory)))) return;
  const mark = (await readIfThere(markPath(dataDirectory))) ?? '';
  const kept = mark.split('\n').find((line) => line.startsWith(keptIn));
  throw appFailures.RESTORE_UNFINISHED('open', {
    dataDirectory,
    kept: kept === undefined ? '' : ` ${kept}.`,
  });
}
