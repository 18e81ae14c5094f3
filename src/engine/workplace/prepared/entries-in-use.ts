// The cache entries that sessions on this machine may see below their worktrees and homes.
import { dirname, join } from 'node:path';
import { isThere, lstatIfThere, readIfThere } from '../../../git/run/is-there.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import { entryOfHomes, memoFile } from './home-layer.ts';
import { noteFile, notesFolder, parseNote } from './prepared-note.ts';

/** The paths of the entries with which a worktree was prepared since then. */
export async function entriesInUse(dataDirectory: string, since: Date): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  const folder = notesFolder(dataDirectory);
  for (const name of await namesIn(folder)) {
    const homes = join(folder, name);
    for (const entry of [await ofWorktree(homes, since), await ofHomes(homes, since)])
      if (entry !== null) used.add(entry);
  }
  return used;
}

async function ofWorktree(homes: string, since: Date): Promise<string | null> {
  if (!(await isWrittenSince(join(homes, noteFile), since))) return null;
  const over = parseNote(await readIfThere(join(homes, noteFile)))?.over;
  return over && (await isThere(over.worktreePath)) ? dirname(over.lower) : null;
}

async function ofHomes(homes: string, since: Date): Promise<string | null> {
  return (await isWrittenSince(join(homes, memoFile), since)) ? entryOfHomes(homes) : null;
}

async function isWrittenSince(path: string, since: Date): Promise<boolean> {
  const written = await lstatIfThere(path);
  return written !== null && written.mtime >= since;
}
