// An entry is git's own directory for one worktree, `.git/worktrees/<name>`. This file detects and repairs entries that
// a crash left incomplete.

import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PermanentError } from '../domain/failure.ts';
import { removeTree } from '../stdx/remove-tree.ts';
import { isThere, lstatIfThere, readIfThere } from './is-there.ts';
import { keepCommit } from './preserve.ts';
import { isSha } from './revision.ts';
import type { GitCall } from './run-git.ts';
import { worktreeEntries } from './worktree-list.ts';

/**
 * A mark in git's directory for the worktree: the files were written once, and are never overwritten. It
 * contains the branch.
 */
export const readyMark = 'moose-ready';
/**
 * A mark that distinguishes a worktree from a later one at the same path; null if its `.git` link does not lead to a
 * complete worktree.
 */
export async function worktreeMark(worktreePath: string): Promise<string | null> {
  const link = await readIfThere(join(worktreePath, '.git'));
  if (!link?.startsWith('gitdir: ')) return null;
  return entryMark(resolve(worktreePath, link.slice('gitdir: '.length).trimEnd()));
}

/** Distinguishes a worktree's entry from a later one of the same name; null if the worktree is not complete. */
export async function entryMark(entry: string): Promise<string | null> {
  const found = await lstatIfThere(join(entry, readyMark));
  return found && `${found.ino} ${found.mtimeMs}`;
}

/** An entry that another git is just creating has no path for microseconds. */
const namelessEntryMaxAgeMs = 60_000;

/** git writes the index last: if it and our own mark are missing, the checkout never ended. */
export async function isUnfinished(entry: string): Promise<boolean> {
  return !(await isThere(join(entry, readyMark))) && !(await isThere(join(entry, 'index')));
}

/** Restores the `.git` file that an agent or a partial deletion removed. */
export async function restoreGitFile(path: string, entry: string): Promise<void> {
  const gitFile = join(path, '.git');
  const isLink = (await lstatIfThere(gitFile))?.isSymbolicLink() === true;
  const found = isLink ? '' : await readIfThere(gitFile);
  const target = found?.startsWith('gitdir: ')
    ? resolve(path, found.slice('gitdir: '.length).trimEnd())
    : null;
  if (target === entry) return;
  if (found === null && (await isThere(gitFile))) {
    throw new PermanentError({
      code: 'WORKTREE_MOVED',
      message: `${gitFile} is no longer the link to its repository that git created`,
      advice: 'Check what is there now; delete it to have the link recreated.',
      component: 'git',
      operation: 'ensure worktree',
      metadata: { worktreePath: path },
    });
  }
  // Not written in place: through a link, Moose would overwrite its target.
  await rm(gitFile, { force: true });
  await writeFile(gitFile, `gitdir: ${entry}\n`, { flag: 'wx' });
}

/**
 * Creates an entry that something deleted while its directory stayed, so that the files there are adopted. Null if the
 * directory's `.git` file names another entry, or if the entry exists. A directory without files gets an unfinished entry.
 */
export async function restoreEntry(commonDir: string, path: string, branch: string): Promise<string | null> {
  const entry = join(commonDir, 'worktrees', basename(path));
  const link = await readIfThere(join(path, '.git'));
  if (!link?.startsWith('gitdir: ') || (await isThere(entry))) return null;
  if (resolve(path, link.slice('gitdir: '.length).trimEnd()) !== entry) return null;
  // Renamed when it is complete, because an incomplete entry would count as a checkout that never ended.
  const draft = join(commonDir, `moose-restored-${basename(path)}`);
  await removeTree(draft);
  await mkdir(draft);
  await writeFile(join(draft, 'commondir'), '../..\n');
  await writeFile(join(draft, 'gitdir'), `${join(path, '.git')}\n`);
  await writeFile(join(draft, 'HEAD'), `ref: refs/heads/${branch}\n`);
  // Without any file, the checkout never began: an entry without the mark has it begin again. Otherwise the change would
  // delete the whole project.
  if ((await readdir(path)).length > 1) await writeFile(join(draft, readyMark), branch);
  await mkdir(dirname(entry), { recursive: true });
  await rename(draft, entry);
  return entry;
}

/** Removes an entry whose directory is gone; a commit that only HEAD had is kept first (R-PIPE-14). */
export async function forgetEntry(
  repositoryPath: string,
  entry: string,
  id: string,
  call: GitCall,
): Promise<string | null> {
  const head = (await readIfThere(join(entry, 'HEAD')))?.trim() ?? '';
  const kept = isSha(head) ? await keepCommit(repositoryPath, head, id, call) : null;
  await removeTree(entry);
  return kept;
}

/** The name under which an entry's commit is kept if no caller gave a name. */
export function keptNameOf(entry: string): string {
  return `worktree-${basename(entry).replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

/** A locked entry without a path: a crash in the first microseconds of `git worktree add` leaves it. */
export async function clearNamelessEntries(commonDir: string, path: string): Promise<void> {
  for (const entry of await worktreeEntries(commonDir)) {
    const name = basename(entry);
    const isOurs = name.startsWith(basename(path)) && /^\d*$/.test(name.slice(basename(path).length));
    if (!isOurs || (await isThere(join(entry, 'gitdir')))) continue;
    const ageMs = Date.now() - (await stat(entry)).mtimeMs;
    if (ageMs > namelessEntryMaxAgeMs) await removeTree(entry);
  }
}
