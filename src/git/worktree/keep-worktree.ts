// Keeps what only a worktree has, before it is removed (R-PIPE-14): as commits where git can store it. Whatever an agent
// has left there, this ends with an answer: what git cannot store is not lost, because the caller sets the folder aside.

import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { writeCommit } from '../commit/commit-object.ts';
import { mooseIdentity } from '../commit/identity.ts';
import type { PathBytes } from '../commit/path-bytes.ts';
import { derivedFolders, shownPath, withScratchIndex } from '../commit/scratch-index.ts';
import { isAncestor, refSha, treeOf } from '../read/revision.ts';
import { submodulesInIndex } from '../read/submodules.ts';
import { keepCommit, preservedRef } from '../refs/preserve.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere } from '../run/is-there.ts';
import { glanceAt } from '../run/read-now.ts';
import { runGit } from '../run/run-git.ts';
import { type KeptCommits, keepCommitsOf } from '../sessions/keep-commits-of.ts';
import { readStatus, type StatusScope, type WorkingStatus } from './status.ts';
import { workInUnfilled } from './unfilled-submodules.ts';
import { walkTree } from './walk-tree.ts';
import { entryPathOf, heldBackIn } from './worktree-entry.ts';

/**
 * Keeps uncommitted and untracked files (except ignored and derived ones), HEAD's commits, and the commits that sessions
 * made in their own repository. `sha` is null if there is nothing to keep; `isAll` is false if git cannot store all of it.
 */
export async function keepWorktree(
  repositoryPath: string,
  worktreePath: string,
  id: string,
  call: GitCall = {},
): Promise<KeptCommits> {
  let looked: Promise<Look> | undefined;
  const look = () => {
    looked ??= lookAt(worktreePath, call);
    return looked;
  };
  const files = await orPartly(call, async () =>
    keepFiles(repositoryPath, worktreePath, { ...(await look()), id }, call),
  );
  const inner = await orPartly(call, async () => innerRepositories(worktreePath, await look(), call));
  const all: KeptCommits[] = [files, { sha: null, isAll: inner.isAll }];
  for (const name of ['.git', ...(inner.gitDirs ?? [])]) {
    const gitDir = join(worktreePath, name);
    if (name === '.git' && !(await isThere(gitDir))) continue;
    const draftsIn = entryPathOf(worktreePath);
    all.push(await keepCommitsOf({ repositoryPath, gitDir, draftsIn, id }, call));
  }
  return {
    // The ref only moves forward: the last commit contains those before it.
    sha: all.findLast(({ sha }) => sha !== null)?.sha ?? null,
    isAll: all.every(({ isAll }) => isAll),
  };
}

interface Look extends WorkingStatus {
  submodules: string[];
}

async function lookAt(worktreePath: string, call: GitCall): Promise<Look> {
  const status = await readStatus(worktreePath, { ...wholeStatus, listsIgnored: true }, call);
  return { ...status, submodules: await submodulesInIndex(worktreePath, call) };
}

/** They end with the disk's, and what git cannot store would be called what the disk cannot. */
const ofTheDisk: ReadonlySet<string> = new Set(['DISK_FULL', 'DISK_READ_ONLY', 'DISK_FAILS']);

/** A lasting failure means that git cannot store it, or that an agent has made it unreadable. */
async function orPartly<T extends { isAll: boolean }>(
  { signal }: GitCall,
  keep: () => Promise<T>,
): Promise<T | { sha: null; isAll: false; gitDirs?: undefined }> {
  try {
    return await keep();
  } catch (cause) {
    signal?.throwIfAborted();
    if (!isMooseError(cause) || cause.category === 'transient' || ofTheDisk.has(cause.code)) throw cause;
    return { sha: null, isAll: false };
  }
}

async function keepFiles(
  repositoryPath: string,
  worktreePath: string,
  { headSha, branch, changes, submodules, id }: Look & { id: string },
  call: GitCall,
): Promise<KeptCommits> {
  const own = { branch, id };
  const all = (sha: string | null) => ({ sha, isAll: true });
  const { changed, added } = await workInUnfilled(worktreePath, submodules);
  const unfilled = [...changed, ...added];
  if (headSha !== null && changes.length === 0 && unfilled.length === 0)
    return all(await keepHead(repositoryPath, headSha, own, call));
  const tree = await snapshotTree(worktreePath, { headSha, unfilled }, call);
  if (headSha !== null && tree === (await treeOf(repositoryPath, headSha, call)))
    return all(await keepHead(repositoryPath, headSha, own, call));
  const before = await refSha(repositoryPath, preservedRef(own.id), call);
  if (before !== null && tree === (await treeOf(repositoryPath, before, call))) {
    const isSame = headSha === null || (await isAncestor(repositoryPath, headSha, before, call));
    if (isSame) return all(before);
  }
  const parents = headSha === null ? [] : [headSha];
  const message = 'Uncommitted work preserved by Moose';
  const sha = await writeCommit(repositoryPath, { tree, parents, message, identity: mooseIdentity }, call);
  return all(await keepCommit(repositoryPath, sha, own.id, call));
}

const wholeStatus: StatusScope = { untracked: 'normal', ignoreSubmodules: 'dirty' };
const submoduleDepthMax = 16;

/**
 * git's own directories of the repositories with work of their own: those that an agent has made or cloned, and changed
 * submodules. Their files are in no commit. Nor are those in a `.git` that is no repository, or too deep for git.
 */
async function innerRepositories(
  worktreePath: string,
  { changes, submodules, ignored }: Look,
  call: GitCall,
): Promise<{ isAll: boolean; gitDirs: string[] }> {
  const dirty = await dirtySubmodules(worktreePath, { changes, submodules }, call);
  const filled: string[] = [];
  for (const name of submodules) if (await isRepository(join(worktreePath, name))) filled.push(name);
  const known = new Set(['.git', ...ignored, ...filled].map((path) => bytesOf(path.replace(/\/$/, ''))));
  const isSkipped = (path: PathBytes, name: string) => known.has(path) || derivedFolders.has(name);
  const { gitDirs: nested, tooDeep } = await walkTree(worktreePath, isSkipped);
  const gitDirs = [...nested.map(shownPath), ...dirty.map((name) => join(name, '.git'))];
  return { isAll: gitDirs.length === 0 && tooDeep.length === 0, gitDirs };
}

/**
 * Each submodule is inspected by a separate git: a git that the outer one starts would use the submodule's
 * configuration.
 */
async function dirtySubmodules(
  path: string,
  { changes, submodules }: Pick<Look, 'changes' | 'submodules'>,
  call: GitCall,
  depth = 1,
): Promise<string[]> {
  const moved = changes.filter(({ submodule }) => submodule?.startsWith('S') && submodule !== 'S...');
  const dirty = new Set(moved.map((change) => change.path));
  for (const name of submodules) {
    const inner = join(path, name);
    if (dirty.has(name) || !(await isRepository(inner))) continue;
    if (depth >= submoduleDepthMax || (await isDirty(inner, call, depth))) dirty.add(name);
  }
  return [...dirty];
}

async function isDirty(inner: string, call: GitCall, depth: number): Promise<boolean> {
  const { changes } = await readStatus(inner, wholeStatus, call);
  if (changes.length > 0) return true;
  const submodules = await submodulesInIndex(inner, call);
  return (await dirtySubmodules(inner, { changes, submodules }, call, depth + 1)).length > 0;
}

async function isRepository(path: string): Promise<boolean> {
  return glanceAt(path)?.isDirectory() === true && (await isThere(join(path, '.git')));
}

/** Repositories inside of the worktree are left out, and files that Moose copied from the checkout (R-PROJ-3). */
async function snapshotTree(
  worktreePath: string,
  { headSha, unfilled }: { headSha: string | null; unfilled: readonly PathBytes[] },
  call: GitCall,
): Promise<string> {
  return withScratchIndex(worktreePath, headSha, call, async (index) => {
    const { modified, deleted, untracked } = await index.changes();
    const heldBack = new Set((await heldBackIn(entryPathOf(worktreePath))).map(bytesOf));
    const own = [...untracked, ...unfilled].filter((path) => !heldBack.has(path));
    await index.stage({ present: [...modified, ...own], deleted });
    return index.writeTree();
  });
}

const bytesOf = (path: string) => Buffer.from(path).toString('latin1');

/**
 * A commit that is reachable from a remote-tracking branch or another local branch outlives this worktree and its
 * branch.
 */
async function keepHead(
  repositoryPath: string,
  sha: string,
  own: { branch: string | null; id: string },
  call: GitCall,
): Promise<string | null> {
  const kept = preservedRef(own.id);
  const { stdout } = await runGit(
    repositoryPath,
    [
      'for-each-ref',
      `--contains=${sha}`,
      '--format=%(refname) %(objectname)',
      'refs/heads',
      'refs/remotes',
      kept,
    ],
    call,
  );
  const refs = new Map(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)] as const),
  );
  const isElsewhere = [...refs.keys()].some((ref) => ref !== kept && ref !== `refs/heads/${own.branch}`);
  return isElsewhere ? null : (refs.get(kept) ?? keepCommit(repositoryPath, sha, own.id, call));
}
