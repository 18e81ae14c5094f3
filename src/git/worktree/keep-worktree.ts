// Keeps what only a worktree has, before it is removed (R-PIPE-14): as commits where git can store it. Whatever an agent
// has left there, this ends with an answer: what git cannot store is not lost, because the caller sets the folder aside.

import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { writeCommit } from '../commit/commit-object.ts';
import { mooseIdentity } from '../commit/identity.ts';
import { shownPath, withScratchIndex } from '../commit/scratch-index.ts';
import { isAncestor, refSha, splitNul, treeOf } from '../read/revision.ts';
import { keepCommit, preservedRef } from '../refs/preserve.ts';
import { isThere } from '../run/is-there.ts';
import { glanceAt } from '../run/read-now.ts';
import { type GitCall, runGit } from '../run/run-git.ts';
import { type KeptCommits, keepCommitsOf } from '../sessions/keep-commits-of.ts';
import { readStatus, type StatusScope, type WorkingChange, type WorkingStatus } from './status.ts';
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
  let looked: Promise<WorkingStatus> | undefined;
  const status = () => {
    looked ??= readStatus(worktreePath, wholeStatus, call);
    return looked;
  };
  const files = await orPartly(call, async () =>
    keepFiles(repositoryPath, worktreePath, { ...(await status()), id }, call),
  );
  const inner = await orPartly(call, async () => innerRepositories(worktreePath, await status(), call));
  const gitDirs = ['.git', ...(inner.found ?? []).map((path) => join(path, '.git'))];
  const all: KeptCommits[] = [files, { sha: null, isAll: inner.isAll }];
  for (const name of gitDirs) {
    const gitDir = join(worktreePath, name);
    if (name === '.git' && !(await isThere(gitDir))) continue;
    const draftsIn = entryPathOf(worktreePath);
    all.push(await keepCommitsOf({ repositoryPath, gitDir, draftsIn, id }, call));
  }
  return {
    // The ref only moves forward: the last commit contains those before it.
    sha: all.findLast(({ sha }) => sha !== null)?.sha ?? null,
    // The files of a repository inside of the worktree are in no commit.
    isAll: all.every(({ isAll }) => isAll) && inner.found?.length === 0,
  };
}

/** A lasting failure means that git cannot store it, or that an agent has made it unreadable. */
async function orPartly<T extends { isAll: boolean }>(
  { signal }: GitCall,
  keep: () => Promise<T>,
): Promise<T | { sha: null; isAll: false; found?: undefined }> {
  try {
    return await keep();
  } catch (cause) {
    signal?.throwIfAborted();
    if (!isMooseError(cause) || cause.category === 'transient' || cause.code === 'DISK_FULL') throw cause;
    return { sha: null, isAll: false };
  }
}

async function keepFiles(
  repositoryPath: string,
  worktreePath: string,
  { headSha, branch, changes, id }: WorkingStatus & { id: string },
  call: GitCall,
): Promise<KeptCommits> {
  const own = { branch, id };
  const all = (sha: string | null) => ({ sha, isAll: true });
  if (headSha !== null && changes.length === 0)
    return all(await keepHead(repositoryPath, headSha, own, call));
  const tree = await snapshotTree(worktreePath, headSha, call);
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

/** Repositories with work of their own: those that an agent has made or cloned, and changed submodules. */
async function innerRepositories(
  worktreePath: string,
  { headSha, changes }: WorkingStatus,
  call: GitCall,
): Promise<{ isAll: boolean; found: string[] }> {
  const hasUntracked = changes.some(({ submodule }) => submodule === null);
  const nested = hasUntracked ? await nestedIn(worktreePath, headSha, call) : [];
  return { isAll: true, found: [...nested, ...(await dirtySubmodules(worktreePath, changes, call))] };
}

/** The untracked folders that are repositories. */
function nestedIn(worktreePath: string, headSha: string | null, call: GitCall): Promise<string[]> {
  return withScratchIndex(worktreePath, headSha, call, async (index) => {
    const names = (await index.changes()).nested;
    return names.map((name) => shownPath(name).replace(/\/$/, ''));
  });
}

/**
 * Each submodule is inspected by a separate git: a git that the outer one starts would use the submodule's
 * configuration.
 */
async function dirtySubmodules(
  path: string,
  changes: readonly WorkingChange[],
  call: GitCall,
  depth = 1,
): Promise<string[]> {
  const moved = changes.filter(({ submodule }) => submodule?.startsWith('S') && submodule !== 'S...');
  const dirty = new Set(moved.map((change) => change.path));
  const { stdout } = await runGit(path, ['ls-files', '--stage', '-z'], call);
  for (const line of splitNul(stdout).filter((entry) => entry.startsWith('160000 '))) {
    const name = line.slice(line.indexOf('\t') + 1);
    const inner = join(path, name);
    if (dirty.has(name) || !(await isRepository(inner))) continue;
    const status = await readStatus(inner, wholeStatus, call);
    const isDirty =
      status.changes.length > 0 ||
      depth >= submoduleDepthMax ||
      (await dirtySubmodules(inner, status.changes, call, depth + 1)).length > 0;
    if (isDirty) dirty.add(name);
  }
  return [...dirty];
}

async function isRepository(path: string): Promise<boolean> {
  return glanceAt(path)?.isDirectory() === true && (await isThere(join(path, '.git')));
}

/** Repositories inside of the worktree are left out, and files that Moose copied from the checkout (R-PROJ-3). */
async function snapshotTree(worktreePath: string, headSha: string | null, call: GitCall): Promise<string> {
  return withScratchIndex(worktreePath, headSha, call, async (index) => {
    const { modified, deleted, untracked } = await index.changes();
    const heldBack = new Set((await heldBackIn(entryPathOf(worktreePath))).map(bytesOf));
    const own = untracked.filter((path) => !heldBack.has(path));
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
