// Moose creates a repository as a draft beside its final path, and then renames it: so it appears completely or not at
// all. A crash leaves only a draft, which is deleted when it is old.

import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { publish } from '../../stdx/files/durable-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

const draftMark = '.making-';
/** Older drafts are deleted: creating one never takes this long. */
const draftMaxAgeMs = 3_600_000;

/** `make` gets the path of the draft. Returns false if another process was faster: then its result is in place. */
export async function makeByDraft(path: string, make: (draft: string) => Promise<void>): Promise<boolean> {
  const draft = `${path}${draftMark}${randomUUID()}`;
  try {
    await make(draft);
    await publish(draft, path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Deletes the drafts that crashes left behind. */
export async function clearOldDrafts(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}${draftMark}`)) continue;
    const draft = join(dirname(path), name);
    if (Date.now() - (await mtimeOf(draft)) > draftMaxAgeMs)
      await rm(draft, { recursive: true, force: true });
  }
}

/** A missing draft counts as new: another process may have just moved its own draft into place. */
async function mtimeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return Number.POSITIVE_INFINITY;
    throw error;
  }
}
