// Writes a plan into the worktree: everything is staged beside its destination first, so that a full disk is found
// before the first file changes; then each file is moved into place atomically. A run after a crash finishes it.

import { chmodSync, closeSync, mkdirSync, rmSync, type Stats, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openPassingNow, renamePassingNow, writePassingNow } from '../../stdx/files/passing-files.ts';
import type { PlannedWrite } from './apply-edits.ts';
import { fingerprint } from './drafts.ts';
import { fingerprintAt, isUnmoved } from './worktree-reader.ts';

/** The bits of an existing file's mode to keep: read, write and execute, no set-user bits. */
const modeMask = 0o777;

/** The worktree is in a state that neither the plan nor an earlier run produced: somebody else writes there. */
export class WorktreeMovedError extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`\`${path}\` has changed since the edits were planned, and not by these edits.`);
    this.path = path;
  }
}

export interface WriteEvent {
  type: 'written' | 'deleted';
  path: string;
}

/**
 * `stagingName` is the same for every run of one plan, so that the next run clears what the last one left. Nothing is
 * synced to the disk: after a power cut the worktree is recreated from git. Throws WorktreeMovedError, and system
 * errors unchanged.
 */
export function writePlan(
  root: string,
  writes: readonly PlannedWrite[],
  stagingName: string,
  emit: (event: WriteEvent) => void,
): void {
  const staging = join(root, stagingName);
  rmSync(staging, { recursive: true, force: true });
  const open = writes.filter((write) => isOpen(root, write, writes));
  if (open.length === 0) return;
  try {
    mkdirSync(staging, { mode: 0o700 });
    const staged = open.map((write, index) => stage(root, write, join(staging, String(index))));
    for (const [index, write] of open.entries()) {
      commit(root, write, staged[index] ?? null);
      emit({ type: write.content === null ? 'deleted' : 'written', path: write.path });
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** False if an earlier run has already written this file. */
function isOpen(
  root: string,
  { path, before, after }: PlannedWrite,
  writes: readonly PlannedWrite[],
): boolean {
  const now = fingerprintAt(root, path);
  if (now === after) return false;
  if (now === before) return true;
  // A deleted file may have been replaced by a directory since.
  const isRoom = after === fingerprint(null) && writes.some((other) => other.path.startsWith(`${path}/`));
  if (now === 'directory' && isRoom) return false;
  throw new WorktreeMovedError(path);
}

function stage(root: string, { path, content }: PlannedWrite, draft: string): string | null {
  if (content === null) return null;
  const file = openPassingNow(draft, 'wx');
  try {
    writePassingNow(file, content);
  } finally {
    closeSync(file);
  }
  const existing = statIfThere(join(root, path));
  if (existing?.isFile()) chmodSync(draft, existing.mode & modeMask);
  return draft;
}

function commit(root: string, { path }: PlannedWrite, draft: string | null): void {
  const whole = join(root, path);
  if (!isUnmoved(root, path)) throw new WorktreeMovedError(path);
  if (draft !== null) mkdirSync(dirname(whole), { recursive: true });
  if (draft === null) unlinkSync(whole);
  else renamePassingNow(draft, whole);
}

function statIfThere(whole: string): Stats | null {
  return statSync(whole, { throwIfNoEntry: false }) ?? null;
}
