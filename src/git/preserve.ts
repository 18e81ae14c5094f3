// Keeps work under refs/moose/preserved/<id> before anything is deleted (R-PIPE-14). There is one ref per ID: earlier
// content stays reachable from newer content.

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError } from '../domain/failure.ts';
import { writeCommit } from './commit-object.ts';
import { mooseIdentity } from './identity.ts';
import { isThere } from './is-there.ts';
import { moveRef } from './move-ref.ts';
import { isAncestor, refSha, splitNul, treeOf } from './revision.ts';
import { type GitCall, runGit } from './run-git.ts';
import { shownPath, withScratchIndex } from './scratch-index.ts';
import { readStatus, type StatusScope, type WorkingChange } from './status.ts';

const preservedPrefix = 'refs/moose/preserved/';
/** How often to retry if other processes move the ref at the same time. */
const maxMoves = 5;

export function preservedRef(id: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|lock$|$))*$/.test(id) || id.length > 200) {
    throw new PermanentError({
      code: 'PRESERVE_ID_INVALID',
      message: `${JSON.stringify(id.slice(0, 120))} cannot name preserved work`,
      advice: 'Use letters, digits, ".", "_" and "-".',
      component: 'git',
      operation: 'preserve',
    });
  }
  return `${preservedPrefix}${id}`;
}

/** Makes a commit and its ancestors reachable from the ref of `id`. Idempotent. */
export async function keepCommit(
  repositoryPath: string,
  sha: string,
  id: string,
  call: GitCall = {},
): Promise<string> {
  const ref = preservedRef(id);
  for (let move = 1; ; move += 1) {
    // Usually the ref does not exist yet; if it does, creating it fails and the next round reads it.
    const before = move === 1 ? null : await refSha(repositoryPath, ref, call);
    if (before !== null && (await isAncestor(repositoryPath, sha, before, call))) return before;
    const after = await joined(repositoryPath, sha, before, call);
    try {
      await moveRef(repositoryPath, { ref, from: before, to: after, because: 'moose: preserved' }, call);
      return after;
    } catch (error) {
      if (!(error instanceof PermanentError) || error.code !== 'REF_MOVED' || move >= maxMoves) throw error;
    }
  }
}

/** `sha` itself if it contains `before`; otherwise a commit with its files and both as parents. */
async function joined(
  repositoryPath: string,
  sha: string,
  before: string | null,
  call: GitCall,
): Promise<string> {
  if (before === null || (await isAncestor(repositoryPath, before, sha, call))) return sha;
  const tree = await treeOf(repositoryPath, sha, call);
  const message = 'Work preserved by Moose, with what was preserved before it';
  return writeCommit(
    repositoryPath,
    { tree, parents: [sha, before], message, identity: mooseIdentity },
    call,
  );
}

/**
 * Keeps what only a worktree and its branch have: uncommitted and untracked files (except ignored and derived ones),
 * and HEAD's commits. Returns the commit that was kept; null if there is nothing to keep.
 */
export async function keepWorktree(
  repositoryPath: string,
  worktreePath: string,
  id: string,
  call: GitCall = {},
): Promise<string | null> {
  const { headSha, branch, changes } = await readStatus(worktreePath, wholeStatus, call);
  // A submodule's own repository is in the worktree's git directory and is removed with it.
  const dirty = await dirtySubmodules(worktreePath, changes, call);
  if (dirty.length > 0) throw notPreserved(worktreePath, dirty);
  const own = { branch, id };
  if (headSha !== null && changes.length === 0) return keepHead(repositoryPath, headSha, own, call);
  const tree = await snapshotTree(worktreePath, headSha, call);
  if (headSha !== null && tree === (await treeOf(repositoryPath, headSha, call)))
    return keepHead(repositoryPath, headSha, own, call);
  const before = await refSha(repositoryPath, preservedRef(own.id), call);
  if (before !== null && tree === (await treeOf(repositoryPath, before, call))) {
    const isSame = headSha === null || (await isAncestor(repositoryPath, headSha, before, call));
    if (isSame) return before;
  }
  const parents = headSha === null ? [] : [headSha];
  const message = 'Uncommitted work preserved by Moose';
  const sha = await writeCommit(repositoryPath, { tree, parents, message, identity: mooseIdentity }, call);
  return keepCommit(repositoryPath, sha, own.id, call);
}

/**
 * Each submodule is inspected by a separate git: a git that the outer one starts would use the submodule's
 * configuration.
 */
const wholeStatus: StatusScope = { untracked: 'normal', ignoreSubmodules: 'dirty' };
const submoduleDepthMax = 16;

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
  return (await lstat(path).catch(() => null))?.isDirectory() === true && (await isThere(join(path, '.git')));
}

async function snapshotTree(worktreePath: string, headSha: string | null, call: GitCall): Promise<string> {
  return withScratchIndex(worktreePath, headSha, call, async (index) => {
    const { modified, deleted, untracked, nested } = await index.changes();
    if (nested.length > 0) throw notPreserved(worktreePath, nested.map(shownPath));
    await index.stage({ present: [...modified, ...untracked], deleted });
    return index.writeTree();
  });
}

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

function notPreserved(worktreePath: string, nested: readonly string[]): PermanentError {
  return new PermanentError({
    code: 'WORKTREE_NOT_PRESERVED',
    message: `The worktree ${worktreePath} contains nested repositories, whose work cannot be preserved: ${nested.slice(0, 3).join(', ')}`,
    advice: 'Move or delete those directories, then remove the worktree again.',
    component: 'git',
    operation: 'preserve worktree',
    metadata: { worktreePath, nested: nested.slice(0, 20) },
  });
}
