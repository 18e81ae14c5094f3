// What an application is about to write, kept in the session's directory before the first file changes. Whoever dies
// in the middle is followed by a run that finishes: each file is found as it was before, or as it is to be.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedWrite } from './apply-edits.ts';
import { isRecord, parseJson } from './proposal-file.ts';

const journalFileName = 'apply-journal.json';

export interface ApplyJournal {
  /** Fingerprint of the proposal file that the plan was made of. */
  proposal: string;
  writes: PlannedWrite[];
}

export function saveJournal(directory: string, journal: ApplyJournal): void {
  const path = join(directory, journalFileName);
  const draft = `${path}.tmp`;
  writeFileSync(draft, JSON.stringify(journal), { mode: 0o600, flush: true });
  renameSync(draft, path);
}

/** The journal of an earlier run of this very proposal, or null. Written whole or not at all, so it is believed. */
export function loadJournal(directory: string, proposal: string): ApplyJournal | null {
  const path = join(directory, journalFileName);
  if (!existsSync(path)) return null;
  const journal = parseJson(readFileSync(path, 'utf8'));
  return isRecord(journal) && journal.proposal === proposal ? (journal as unknown as ApplyJournal) : null;
}
