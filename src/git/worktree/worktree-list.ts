import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere, readIfThere } from '../run/is-there.ts';
import { runGit } from '../run/run-git.ts';
import { entryOf } from './worktree-entry.ts';

export interface Worktree {
  path: string;
  headSha: string | null;
  /** The name of the branch without `refs/heads/`; null if HEAD is detached. */
  branch: string | null;
  /** The reason of the lock, which may be empty; null if the worktree is not locked. */
  lockedBecause: string | null;
  /** True if its directory, or the `.git` file in it, is gone; never true for a locked worktree. */
  isPrunable: boolean;
  /** True for the repository's own working tree (or the bare repository itself), which is never one of Moose's. */
  isMain: boolean;
}

export async function listWorktrees(repositoryPath: string, call: GitCall = {}): Promise<Worktree[]> {
  const { stdout } = await runGit(repositoryPath, ['worktree', 'list', '--porcelain', '-z'], call);
  const worktrees: Worktree[] = [];
  for (const line of splitNul(stdout)) {
    const [word = '', value = ''] = splitOnce(line, ' ');
    const current = worktrees.at(-1);
    if (word === 'worktree') {
      const isMain = worktrees.length === 0;
      worktrees.push({
        path: value,
        headSha: null,
        branch: null,
        lockedBecause: null,
        isPrunable: false,
        isMain,
      });
    } else if (current && word === 'HEAD') current.headSha = /^0+$/.test(value) ? null : value;
    else if (current && word === 'branch') current.branch = value.replace(/^refs\/heads\//, '');
    else if (current && word === 'locked') current.lockedBecause = value;
    else if (current && word === 'prunable') current.isPrunable = true;
  }
  return worktrees;
}

/** git's own directory for the repository, shared by all its worktrees. */
export async function commonGitDir(repositoryPath: string, call: GitCall = {}): Promise<string> {
  const gitDir = await worktreeGitDir(repositoryPath, call);
  const common = await readIfThere(join(gitDir, 'commondir'));
  return common === null ? gitDir : realpath(resolve(gitDir, common.trimEnd()));
}

/**
 * git's own directory for one worktree. Reads `.git` as gitrepository-layout(5) describes, except for Moose's own
 * worktrees; asks git itself if there is none: in a bare repository, and to report the problem.
 */
export async function worktreeGitDir(worktreePath: string, call: GitCall = {}): Promise<string> {
  const entry = await entryOf(await storedWorktreePath(worktreePath));
  if (entry !== null) return entry;
  const gitFile = join(worktreePath, '.git');
  const link = await readIfThere(gitFile);
  const target = link?.startsWith('gitdir: ')
    ? resolve(worktreePath, link.slice('gitdir: '.length).trimEnd())
    : gitFile;
  if (await isThere(join(target, 'HEAD'))) return realpath(target);
  const { stdout } = await runGit(worktreePath, ['rev-parse', '--absolute-git-dir'], call);
  return stdout.replace(/\n$/, '');
}

/** Whether a worktree may be on the branch, according to the HEAD files; also true if they do not say. */
export async function mayBeCheckedOut(commonDir: string, branch: string): Promise<boolean> {
  const directories = [commonDir, ...(await worktreeEntries(commonDir))];
  const heads = await Promise.all(directories.map((directory) => readIfThere(join(directory, 'HEAD'))));
  // A repository with reftable storage has the second value instead of the branch.
  const telling = [`ref: refs/heads/${branch}`, 'ref: refs/heads/.invalid'];
  return heads.some((head) => telling.includes(head?.trim() ?? ''));
}

/** The path as git stores it: symbolic links above the last name are resolved, whether or not the path exists. */
export async function storedWorktreePath(worktreePath: string): Promise<string> {
  const path = resolve(worktreePath);
  return (await isThere(dirname(path))) ? join(await realpath(dirname(path)), basename(path)) : path;
}

/**
 * The directory `.git/worktrees/<name>` in which an earlier version of Moose registered the worktree in the repository;
 * null if there is none.
 */
export async function registeredEntry(commonDir: string, storedPath: string): Promise<string | null> {
  const entry = join(commonDir, 'worktrees', basename(storedPath));
  const gitFile = (await readIfThere(join(entry, 'gitdir')))?.trimEnd();
  return gitFile && resolve(entry, gitFile) === join(storedPath, '.git') ? entry : null;
}

/** All directories `.git/worktrees/<name>`. */
export async function worktreeEntries(commonDir: string): Promise<string[]> {
  const parent = join(commonDir, 'worktrees');
  try {
    return (await readdir(parent)).map((name) => join(parent, name));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
