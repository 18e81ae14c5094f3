// Removes the lock files of a killed git, after proving that no git that could hold them is alive. A git is
// killed when its agent is ended with SIGKILL, or when the machine fails.

import { readdir, readFile, readlink, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { sleep } from '../../stdx/async/sleep.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { repositoryOfEntry } from '../worktree/worktree-entry.ts';
import { readIfThere } from './is-there.ts';

/** If processes cannot be inspected, a lock counts as left over when it is older than any git may run. */
export const unprovenLockMaxAgeMs = 15 * 60_000;
/** A new lock is left alone at first: its program may have another name than git. */
const metLockMinAgeMs = 1_500;
/** How long a running git gets to end. */
const waitLimitMs = 5_000;
const pollMs = 50;
/** How long a checkout that outlived its Moose gets to end. */
const orphanLimitMs = 60_000;

export interface LockPlace {
  worktreePath: string;
  /** git's own directory for the worktree. */
  gitDir: string;
  /** git's own directory for the whole repository. */
  commonDir: string;
  branch: string;
}

/** Removes leftover locks of the worktree's index and HEAD, and of its branch. */
export async function removeStaleLocks(place: LockPlace, signal?: AbortSignal): Promise<void> {
  const { worktreePath, gitDir, commonDir, branch } = place;
  const locks = [
    join(gitDir, 'index.lock'),
    join(gitDir, 'HEAD.lock'),
    join(commonDir, 'refs', 'heads', `${branch}.lock`),
  ];
  // A git in the repository's own working tree can hold the branch's lock: `git pack-refs` does.
  const repository = basename(commonDir) === '.git' ? dirname(commonDir) : commonDir;
  for (let waitedMs = 0; waitedMs <= waitLimitMs; waitedMs += pollMs) {
    const left = await existing(locks);
    if (left.length === 0) return;
    const isHeld = await isGitInside([worktreePath, gitDir, repository]);
    if (isHeld === false) return void (await Promise.all(left.map((lock) => rm(lock.path, { force: true }))));
    if (isHeld === null) {
      const old = left.filter((lock) => Date.now() - lock.mtimeMs > unprovenLockMaxAgeMs);
      return void (await Promise.all(old.map((lock) => rm(lock.path, { force: true }))));
    }
    await sleep(pollMs, signal);
  }
}

/**
 * Removes a lock that git's output names, if it is in one of the repositories (given by git's own directories) and no
 * git works in one of their working trees. True if git may be started again.
 */
export async function removeMetLock(said: string, repositories: readonly string[]): Promise<boolean> {
  const named = lockIn(said);
  if (named === null) return false;
  return removeLock(named, repositories, metLockMinAgeMs);
}

/**
 * Removes a lock that is so old that no git can hold it, in one of the repositories, if no git works in one of their
 * working trees. False if it stays.
 */
export function removeLeftLock(path: string, repositories: readonly string[]): Promise<boolean> {
  return removeLock(path, repositories, unprovenLockMaxAgeMs);
}

async function removeLock(
  named: string,
  repositories: readonly string[],
  provenMinAgeMs: number,
): Promise<boolean> {
  const [lock] = await existing([named]);
  if (lock === undefined) return true;
  const path = join(await realpath(dirname(named)), basename(named));
  const owner = repositories.find((directory) => path.startsWith(directory + sep));
  if (owner === undefined) return false;
  const ageMs = Date.now() - lock.mtimeMs;
  const isHeld = await isGitInside(await workingPlaces(owner));
  const minAgeMs = isHeld === null ? unprovenLockMaxAgeMs : provenMinAgeMs;
  if (isHeld === true || ageMs < minAgeMs) return false;
  await rm(path, { force: true });
  return true;
}

function lockIn(said: string): string | null {
  const named = /Unable to create '([^\n']+\.lock)': File exists/.exec(said)?.[1];
  const config = /could not lock config file ([^\n]+): File exists/.exec(said)?.[1];
  const path = named ?? (config === undefined ? null : `${config}.lock`);
  return path === null ? null : resolve('/', path);
}

/** Where a git that holds a lock of the repository would work: in the repository, or in one of its working trees. */
async function workingPlaces(commonDir: string): Promise<string[]> {
  const main = basename(commonDir) === '.git' ? [dirname(commonDir)] : [];
  const worktrees: string[] = [];
  const entries = await readdir(join(commonDir, 'worktrees')).catch(() => [] as string[]);
  for (const name of entries) {
    const entry = join(commonDir, 'worktrees', name);
    const link = (await readIfThere(join(entry, 'gitdir')))?.trimEnd();
    if (link) worktrees.push(dirname(resolve(entry, link)));
  }
  return [commonDir, ...main, ...worktrees];
}

/** Waits until a git that a crashed Moose left running in one of the directories has ended. @throws GIT_LOCKED */
export async function waitForGit(directories: readonly string[], signal?: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs <= orphanLimitMs; waitedMs += pollMs) {
    if ((await isGitInside(directories)) !== true) return;
    await sleep(pollMs, signal);
  }
  throw gitFailures.GIT_LOCKED(
    { operation: 'wait for git', metadata: { directories } },
    { directory: String(directories[0]) },
  );
}

async function existing(paths: readonly string[]): Promise<Array<{ path: string; mtimeMs: number }>> {
  const found: Array<{ path: string; mtimeMs: number }> = [];
  for (const path of paths) {
    try {
      found.push({ path, mtimeMs: (await stat(path)).mtimeMs });
    } catch (error) {
      // git may report a lock inside a `.git` that is a file.
      if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    }
  }
  return found;
}

/**
 * Whether a git on this machine works in one of the directories: git enters the root of the working tree (or its own
 * directory) before it takes a lock. In a worktree of Moose, its environment names the entry, and with it the
 * repository. Null if unknown: no /proc, or another user's git.
 */
async function isGitInside(directories: readonly string[]): Promise<boolean | null> {
  let names: string[];
  try {
    names = await readdir('/proc');
  } catch {
    return null;
  }
  // A process that may not be inspected (another user's) may be anywhere.
  let isUnknown = false;
  for (const pid of names.filter((name) => /^\d+$/.test(name))) {
    const process = await gitProcess(pid);
    if (process === null) continue;
    const { cwd, entry } = process;
    if (cwd === null) {
      isUnknown = true;
      continue;
    }
    const places = entry === null ? [cwd] : [cwd, entry, (await repositoryOfEntry(entry)) ?? cwd];
    const isIn = (directory: string) =>
      places.some((place) => place === directory || place.startsWith(directory + sep));
    if (directories.some(isIn)) return true;
  }
  return isUnknown ? null : false;
}

interface GitProcess {
  cwd: string | null;
  /** The value of GIT_DIR. */
  entry: string | null;
}

async function gitProcess(pid: string): Promise<GitProcess | null> {
  try {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8');
    if (!name.startsWith('git')) return null;
  } catch {
    return null; // The process ended while it was inspected.
  }
  try {
    const variables = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
    const entry = variables.find((variable) => variable.startsWith('GIT_DIR='))?.slice('GIT_DIR='.length);
    return { cwd: await readlink(`/proc/${pid}/cwd`), entry: entry ?? null };
  } catch (error) {
    return hasErrorCode(error, 'EACCES') ? { cwd: null, entry: null } : null;
  }
}
