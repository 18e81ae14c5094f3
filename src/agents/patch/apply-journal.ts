// Stores what an application is about to write in the session's directory, before the first file changes. After a
// crash, the next run finishes the writes: each file is either as it was before, or as it should be.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileNow } from '../../stdx/files/durable-files.ts';
import type { PlannedWrite } from './apply-edits.ts';
import { isRecord, parseJson } from './proposal-file.ts';

const journalFileName = 'apply-journal.json';

export interface ApplyJournal {
  /** Fingerprint of the proposal file behind the plan. */
  proposal: string;
  writes: PlannedWrite[];
}

export function saveJournal(directory: string, journal: ApplyJournal): void {
  replaceFileNow(join(directory, journalFileName), JSON.stringify(journal));
}

/**
 * The journal of an earlier run of this same proposal; null if there is none. It was written atomically, so it is
 * trusted.
 */
export function loadJournal(directory: string, proposal: string): ApplyJournal | null {
  const path = join(directory, journalFileName);
  if (!existsSync(path)) return null;
  const journal = parseJson(readFileSync(path, 'utf8'));
  return isRecord(journal) && journal.proposal === proposal ? (journal as unknown as ApplyJournal) : null;
}
