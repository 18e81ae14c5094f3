// git's own directory for one of Moose's worktrees, in the form of a linked worktree (gitrepository-layout(5)). It is
// not in the worktree, nor in the project's repository, but beside the folder of worktrees, where no session can write:
// so whatever a session does to `.git`, Moose's git works on the right branch of the right repository. A session sees a
// repository of its own as `.git` (`session-repository.ts`).

import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { memoryOf } from '../../stdx/boot-id.ts';
import { moveDurably, replaceFile } from '../../stdx/files/durable-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { isThere, lstatIfThere, readIfThere } from '../run/is-there.ts';
import { diskElsewhere } from '../run/on-disk.ts';
import { putFile } from '../run/put-file.ts';
import { glanceAt, namesNow } from '../run/read-now.ts';

/** In the entry: the files were written once, and are never overwritten. It contains the branch. */
export const readyMark = 'moose-ready';

/** In the entry: during what the worktree was made, as `memoryOf`. */
const memoryMark = 'moose-memory';

const folderPrefix = 'git-of-';

/** `storedPath`: the worktree's path with resolved links. */
export function entryPathOf(storedPath: string): string {
  const parent = dirname(storedPath);
  return join(dirname(parent), folderPrefix + basename(parent), basename(storedPath));
}

/** Null if the folder is not one of Moose's worktrees. */
export async function entryOf(storedPath: string): Promise<string | null> {
  const entry = entryPathOf(storedPath);
  const head = join(entry, 'HEAD');
  // In a thread, this would queue behind the work on other files.
  const isOurs = diskElsewhere(entry) === null ? glanceAt(head) !== null : await isThere(head);
  return isOurs ? entry : null;
}

/** The names of the worktrees below `parent` that have an entry, whether or not they exist. */
export async function entryNames(parent: string): Promise<string[]> {
  const folder = dirname(entryPathOf(join(resolve(parent), 'name')));
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** A folder that making or removing a worktree leaves if it is interrupted: beside the worktree, or beside its entry. */
const interrupted = /^\.(.+)\.(?:removing|draft-[0-9a-f-]{36})$/;

/** The names of the worktrees below `parent` of which an interrupted call has left something. */
export async function interruptedNames(parent: string): Promise<string[]> {
  const folders = [resolve(parent), dirname(entryPathOf(join(resolve(parent), 'name')))];
  return folders.flatMap((folder) => namesNow(folder)).flatMap((name) => interrupted.exec(name)?.[1] ?? []);
}

/** git's own directory of the repository to which an entry belongs; null if the entry does not say. */
export async function repositoryOfEntry(entry: string): Promise<string | null> {
  return (await readIfThere(join(entry, 'commondir')))?.trimEnd() ?? null;
}

/**
 * A path beside `path`. Each call has its own, because a process that has lost the work and has not noticed it yet may
 * be at work on the same worktree.
 */
export function newDraft(path: string): string {
  return join(dirname(path), `.${basename(path)}.draft-${randomUUID()}`);
}

/** Removes the drafts beside `path` that interrupted calls have left. */
export async function removeDrafts(path: string): Promise<void> {
  for (const name of namesNow(dirname(path)))
    if (name.startsWith(`.${basename(path)}.draft-`)) await removeTree(join(dirname(path), name));
}

/** Creates the entry, complete or not at all. An entry that is there stays, unless its removal was interrupted. */
export async function makeEntry(
  entry: string,
  { commonDir, head, isReady }: { commonDir: string; head: string; isReady: boolean },
): Promise<void> {
  const draft = newDraft(entry);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await replaceFile(join(draft, 'commondir'), `${commonDir}\n`);
  await replaceFile(join(draft, 'HEAD'), `${head}\n`);
  await replaceFile(join(draft, memoryMark), memoryOf(dirname(draft)));
  if (isReady) await replaceFile(join(draft, readyMark), head);
  if (!(await isThere(join(entry, 'HEAD')))) await removeTree(entry);
  try {
    await moveDurably(draft, entry);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    await removeTree(draft);
  }
}

/**
 * False if the machine has started again since the worktree was made, or its disk has had an error: nobody knows which of the
 * files that were written in it have reached the disk. True if there is none.
 */
export async function isRemembered(worktreePath: string): Promise<boolean> {
  const entry = entryPathOf(resolve(worktreePath));
  const noted = await readIfThere(join(entry, memoryMark));
  // A worktree of an older version has no mark yet.
  return noted === null || noted === memoryOf(entry);
}

/** A worktree of an older version counts as made now. */
export async function remember(entry: string): Promise<void> {
  if (!(await isThere(join(entry, memoryMark)))) await putFile(join(entry, memoryMark), memoryOf(entry));
}

/** A repository may have moved since, and a branch is written again. */
export async function correctEntry(entry: string, commonDir: string, branch: string): Promise<void> {
  const wanted = { commondir: `${commonDir}\n`, HEAD: `ref: refs/heads/${branch}\n` };
  for (const [name, text] of Object.entries(wanted))
    if ((await readIfThere(join(entry, name))) !== text) await putFile(join(entry, name), text);
}

const filtersFile = 'filters';

/** Filters of the repository's own configuration that Moose's git may run in this worktree, by name. */
export async function namedFilters(entry: string): Promise<string[]> {
  return (await readIfThere(join(entry, filtersFile)))?.split('\n').filter(Boolean) ?? [];
}

export async function nameFilters(entry: string, names: readonly string[]): Promise<void> {
  const text = names.map((name) => `${name}\n`).join('');
  if (((await readIfThere(join(entry, filtersFile))) ?? '') !== text)
    await putFile(join(entry, filtersFile), text);
}

const heldBackFile = 'held-back';

/** Files that were put into this worktree and belong to no commit, also to none that preserves it (R-PROJ-3). */
export async function heldBackIn(entry: string): Promise<string[]> {
  return (await readIfThere(join(entry, heldBackFile)))?.split('\0').filter(Boolean) ?? [];
}

/** Adds to them. Does nothing if the folder is not one of Moose's worktrees. */
export async function holdBack(worktreePath: string, paths: readonly string[]): Promise<void> {
  const entry = await entryOf(resolve(worktreePath));
  if (entry === null) return;
  const known = await heldBackIn(entry);
  const all = new Set([...known, ...paths]);
  if (all.size > known.length) await putFile(join(entry, heldBackFile), [...all].join('\0'));
}

const takenMark = 'taken';

/** To be called by whoever takes up a worktree that is already there: a removal that has begun leaves it alone then. */
export async function takeEntry(entry: string): Promise<void> {
  await putFile(join(entry, takenMark), randomUUID());
}

/** Differs as soon as the entry is a later one, or somebody has taken it up; null if the worktree is not complete. */
export async function takingOf(entry: string): Promise<string | null> {
  const mark = await entryMark(entry);
  return mark && `${mark} ${(await readIfThere(join(entry, takenMark))) ?? ''}`;
}

/** A mark that distinguishes a worktree from a later one at the same path; null if it is not complete. */
export async function worktreeMark(worktreePath: string): Promise<string | null> {
  return entryMark(entryPathOf(resolve(worktreePath)));
}

/** Distinguishes an entry from a later one of the same name; null if the worktree is not complete. */
export async function entryMark(entry: string): Promise<string | null> {
  const found = await lstatIfThere(join(entry, readyMark));
  return found && `${found.ino} ${found.mtimeMs}`;
}
