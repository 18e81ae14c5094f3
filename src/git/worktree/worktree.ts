// Ensures that a worktree exists on its branch, whatever an earlier attempt left; existing content, including
// uncommitted changes, is adopted and never discarded. It is no worktree of the project's repository: a session that
// works in it reaches nothing of that repository but its objects. It has all files, also those that a person's checkout leaves
// out (sparse checkout): checks may need any of them.

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { assertLfsServer, lfsSource } from '../commit/lfs-place.ts';
import { rebuildIndex } from '../commit/scratch-index.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertCommit, assertSha } from '../read/revision.ts';
import { assertBranchName } from '../refs/branch-name.ts';
import { moveRef } from '../refs/move-ref.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere } from '../run/is-there.ts';
import { lookAfter } from '../run/look-after.ts';
import { putFile } from '../run/put-file.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';
import { removeStaleLocks, waitForGit } from '../run/stale-lock.ts';
import { readySessionRepository } from '../sessions/session-repository.ts';
import { adoptFolder, forgetRegistered, type Place } from './adopt-folder.ts';
import { fillSubmodules } from './fill-submodules.ts';
import { headState } from './head-state.ts';
import {
  correctEntry,
  entryMark,
  entryOf,
  entryPathOf,
  makeEntry,
  nameFilters,
  readyMark,
  remember,
  takeEntry,
} from './worktree-entry.ts';
import { commonGitDir, listWorktrees, mayBeCheckedOut, storedWorktreePath } from './worktree-list.ts';

export { removeWorktree } from './remove-worktree.ts';

export interface WorktreeRequest {
  repositoryPath: string;
  worktreePath: string;
  branch: string;
  /** The commit where the branch starts; an existing branch is not moved. */
  baseSha: string;
  /** Filters of the repository's own configuration that its project names. */
  filters?: readonly string[];
  /** Whether submodules are filled when the worktree is made. */
  fillsSubmodules?: boolean;
  /** If the repository is a mirror, the address that it has its branches from. */
  remoteAddress?: string | null;
  /** Hosts with private addresses from which submodules may be fetched. */
  privateHosts?: readonly string[];
  signal?: AbortSignal | undefined;
}

/** @throws WORKTREE_OCCUPIED, BRANCH_IN_USE, BRANCH_MISSING, COMMIT_MISSING and the errors of `runGit` */
export async function ensureWorktree(
  wish: WorktreeRequest,
): Promise<{ headSha: string; wasCreated: boolean }> {
  assertBranchName(wish.branch);
  assertSha(wish.baseSha);
  const call: GitCall = { signal: wish.signal };
  return withFileFailures('ensure worktree', wish.signal, async () => {
    await mkdir(dirname(wish.worktreePath), { recursive: true });
    const path = await storedWorktreePath(wish.worktreePath);
    const commonDir = await commonGitDir(wish.repositoryPath, call);
    const place = { path, commonDir, entry: entryPathOf(path) };
    const isAdopted = await adopt(place, wish, call);
    const { wasMade } = isAdopted ? { wasMade: false } : await add(place, wish, call);
    await nameFilters(place.entry, wish.filters ?? []);
    await finishCheckout(place, { ...wish, isAdopted, wasMade }, call);
    const headSha = wasMade ? wish.baseSha : await headOf(path, wish.branch, call);
    return { headSha, wasCreated: !isAdopted };
  });
}

/** False if the worktree has to be made; whatever was left of an unfinished one is gone then. */
async function adopt(
  { path, entry, commonDir }: Place,
  { repositoryPath, branch }: WorktreeRequest,
  call: GitCall,
): Promise<boolean> {
  const isHere = await isThere(path);
  if ((await entryOf(path)) === null) {
    if (!isHere || !(await adoptFolder({ path, entry, commonDir }, `ref: refs/heads/${branch}`)))
      return false;
    await forgetRegistered(repositoryPath, { path, commonDir }, call);
    return true;
  }
  if (!isHere || (await entryMark(entry)) === null) {
    // No caller ever got this worktree, or its folder is gone; the branch has all commits.
    await waitForGit([path, entry], call.signal);
    await removeTree(path);
    await removeTree(entry);
    return false;
  }
  await takeEntry(entry);
  await correctEntry(entry, commonDir, branch);
  await remember(entry);
  await removeStaleLocks({ worktreePath: path, gitDir: entry, commonDir, branch }, call.signal);
  return true;
}

async function add(
  { path, entry, commonDir }: Place,
  wish: WorktreeRequest,
  call: GitCall,
): Promise<{ wasMade: boolean }> {
  const made = await ensureBranch(wish, call);
  if (await mayBeCheckedOut(commonDir, wish.branch)) await assertFree(wish, call);
  await mkdir(path, { recursive: true });
  await makeEntry(entry, { commonDir, head: `ref: refs/heads/${wish.branch}`, isReady: false });
  return made;
}

async function ensureBranch(wish: WorktreeRequest, call: GitCall): Promise<{ wasMade: boolean }> {
  const { repositoryPath, branch, baseSha } = wish;
  try {
    const made = { ref: `refs/heads/${branch}`, from: null, to: baseSha, because: 'moose: branch made' };
    await moveRef(repositoryPath, made, call);
    return { wasMade: true };
  } catch (error) {
    call.signal?.throwIfAborted();
    if (isMooseError(error) && error.code === 'REF_MOVED') return { wasMade: false };
    await lookAfter(error, () => assertCommit(repositoryPath, baseSha, call));
    throw error;
  }
}

/** Moose would move the branch of a person's checkout without its files. */
async function assertFree(wish: WorktreeRequest, call: GitCall): Promise<void> {
  const holder = (await listWorktrees(wish.repositoryPath, call)).find((tree) => tree.branch === wish.branch);
  if (!holder || (!holder.isMain && !(await isThere(holder.path)))) return;
  throw gitFailures.BRANCH_IN_USE_CHECKED_OUT(
    { operation: 'ensure worktree', metadata: { branch: wish.branch, holder: holder.path } },
    { branch: wish.branch, path: holder.path },
  );
}

/** Writes the files of a new worktree; in an existing one, at most the index. */
async function finishCheckout(
  { path, entry }: Place,
  {
    repositoryPath,
    branch,
    isAdopted,
    wasMade,
    baseSha,
    fillsSubmodules,
    remoteAddress,
    privateHosts,
  }: WorktreeRequest & { isAdopted: boolean; wasMade: boolean },
  call: GitCall,
): Promise<void> {
  const long: GitCall = { ...call, timeoutMs: checkoutTimeoutMs };
  if (!isAdopted) {
    const isBase = wasMade || (await headOf(path, branch, call)) === baseSha;
    const reset = ['reset', '--quiet', '--hard', '--no-recurse-submodules'];
    // A mirror names no remote.
    const isMirrored = isBase && remoteAddress != null;
    const home = { repositoryPath, remoteAddress, privateHosts };
    const source = isMirrored ? await lfsSource(home, baseSha, call) : null;
    if (isBase && !isMirrored) await assertLfsServer(home, baseSha, call);
    const args = [...(source?.options ?? []), ...reset];
    await runGit(path, args, { ...long, mayFetchLfs: isBase, env: source?.env ?? {} });
    if (fillsSubmodules)
      await fillSubmodules(
        {
          repositoryPath,
          path,
          remoteAddress,
          privateHosts,
          baseSha,
          commit: await headOf(path, branch, call),
        },
        call,
      );
    await readySessionRepository({ repositoryPath, worktreePath: path, signal: call.signal });
    await putFile(join(entry, readyMark), branch);
  } else if (!(await isThere(join(entry, 'index')))) await rebuildIndex(path, 'HEAD', long);
}

async function headOf(path: string, branch: string, call: GitCall): Promise<string> {
  const { sha } = await headState(path, call);
  if (sha !== null) return sha;
  throw gitFailures.BRANCH_MISSING_OF_WORKTREE(
    { operation: 'ensure worktree', metadata: { worktreePath: path, branch } },
    { branch, path },
  );
}
