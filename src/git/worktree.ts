// Ensures that a worktree exists on its branch, whatever an earlier attempt left; existing content, including
// uncommitted changes, is adopted and never discarded.

import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError, isMooseError, PermanentError } from '../domain/failure.ts';
import { removeTree } from '../stdx/remove-tree.ts';
import { assertBranchName } from './branch-name.ts';
import { clearStrangeFiles } from './clear-strange-files.ts';
import { withFileFailures } from './file-failure.ts';
import { headState } from './head-state.ts';
import { isThere, readIfThere } from './is-there.ts';
import { lookAfter } from './look-after.ts';
import { moveRef } from './move-ref.ts';
import { putFile } from './put-file.ts';
import { inTurn } from './repository-turn.ts';
import { assertCommit, assertSha, refSha } from './revision.ts';
import { checkoutTimeoutMs, type GitCall, runGit } from './run-git.ts';
import { rebuildIndex } from './scratch-index.ts';
import { removeStaleLocks, waitForGit } from './stale-lock.ts';
import {
  clearNamelessEntries,
  forgetEntry,
  isUnfinished,
  keptNameOf,
  readyMark,
  restoreEntry,
  restoreGitFile,
} from './worktree-entry.ts';
import {
  commonGitDir,
  findWorktreeEntry,
  listWorktrees,
  mayBeCheckedOut,
  storedWorktreePath,
} from './worktree-list.ts';

export { removeWorktree } from './remove-worktree.ts';

export interface WorktreeWish {
  repositoryPath: string;
  worktreePath: string;
  branch: string;
  /** The commit where the branch starts; an existing branch is not moved. */
  baseSha: string;
  signal?: AbortSignal | undefined;
}

/** @throws WORKTREE_MOVED, WORKTREE_OCCUPIED, BRANCH_IN_USE, COMMIT_MISSING and the errors of `runGit` */
export async function ensureWorktree(wish: WorktreeWish): Promise<{ headSha: string; wasCreated: boolean }> {
  assertBranchName(wish.branch);
  assertSha(wish.baseSha);
  const call: GitCall = { signal: wish.signal };
  return withFileFailures('ensure worktree', wish.signal, async () => {
    await mkdir(dirname(wish.worktreePath), { recursive: true });
    const path = await storedWorktreePath(wish.worktreePath);
    const commonDir = await commonGitDir(wish.repositoryPath, call);
    const found = await inTurn(commonDir, wish.signal, async () => {
      await clearStrangeFiles(commonDir);
      const adopted = await adoptEntry(wish, commonDir, path, call);
      return adopted
        ? { ...adopted, wasCreated: false }
        : { ...(await addEntry(wish, commonDir, path, call)), wasCreated: true };
    });
    await finishCheckout(path, found, wish, call);
    return {
      headSha: found.headSha ?? (await headOf(path, wish.branch, call)),
      wasCreated: found.wasCreated,
    };
  });
}

interface Standing {
  entry: string;
  /** Null if git has to be asked for the commit. */
  headSha: string | null;
}

/** Returns the entry of a usable worktree; otherwise removes whatever blocks a new one. */
async function adoptEntry(
  wish: WorktreeWish,
  commonDir: string,
  path: string,
  call: GitCall,
): Promise<Standing | null> {
  await clearNamelessEntries(commonDir, path);
  const entry =
    (await findWorktreeEntry(commonDir, path)) ?? (await restoreEntry(commonDir, path, wish.branch));
  if (entry === null) return null;
  if (!(await isThere(path))) {
    await forgetEntry(wish.repositoryPath, entry, keptNameOf(entry), call);
    return null;
  }
  if (await isUnfinished(entry)) {
    // No caller ever got this worktree, because its checkout is incomplete.
    await waitForGit([path, entry], call.signal);
    await removeTree(path);
    await removeTree(entry);
    return null;
  }
  await restoreGitFile(path, entry);
  const lock = await readIfThere(join(entry, 'locked'));
  if (lock?.trim() === 'initializing') await rm(join(entry, 'locked'), { force: true });
  await removeStaleLocks({ worktreePath: path, gitDir: entry, commonDir, branch: wish.branch }, call.signal);
  return { entry, headSha: await shaOnBranch(path, wish.branch, call) };
}

async function shaOnBranch(path: string, branch: string, call: GitCall): Promise<string | null> {
  const { branch: actual, sha } = await headState(path, call);
  if (actual === branch) return sha;
  throw new PermanentError({
    code: 'WORKTREE_MOVED',
    message: `The worktree ${path} is on ${actual ?? 'no branch'}, not on ${branch} as expected`,
    advice: `Check what was done there, then switch back: git -C ${path} switch ${branch}`,
    component: 'git',
    operation: 'ensure worktree',
    metadata: {
      worktreePath: path,
      expectedBranch: branch,
      actualBranch: actual,
      headSha: sha,
    },
  });
}

async function addEntry(
  wish: WorktreeWish,
  commonDir: string,
  path: string,
  call: GitCall,
): Promise<Standing> {
  await assertFree(path);
  const { wasMade } = await ensureBranch(wish, call);
  if (await mayBeCheckedOut(commonDir, wish.branch)) await freeBranch(wish, commonDir, call);
  await runGit(wish.repositoryPath, ['worktree', 'add', '--no-checkout', '--', path, wish.branch], {
    ...call,
    isDone: async () => {
      // Complete or not, no caller got this worktree, so it is recreated.
      const left = await findWorktreeEntry(commonDir, path);
      if (left !== null) await removeTree(left);
      await removeTree(path);
      return false;
    },
  });
  const entry = await findWorktreeEntry(commonDir, path);
  if (entry !== null) return { entry, headSha: wasMade ? wish.baseSha : null };
  throw new PermanentError({
    code: 'WORKTREE_MOVED',
    message: `The worktree ${path} disappeared right after it was created`,
    advice: 'Find out what deletes worktrees of this repository, then retry.',
    component: 'git',
    operation: 'ensure worktree',
  });
}

async function assertFree(path: string): Promise<void> {
  if (!(await isThere(path))) return;
  const isDirectory = (await stat(path)).isDirectory();
  if (isDirectory && (await readdir(path)).length === 0) return;
  throw new ConfigurationError({
    code: 'WORKTREE_OCCUPIED',
    message: `${path} exists and is not a worktree of this repository`,
    advice: 'Move it away: Moose never deletes what it did not create.',
    component: 'git',
    operation: 'ensure worktree',
    metadata: { worktreePath: path },
  });
}

async function ensureBranch(wish: WorktreeWish, call: GitCall): Promise<{ wasMade: boolean }> {
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

/** A branch can be checked out only once, and an entry whose directory is gone still claims it. */
async function freeBranch(wish: WorktreeWish, commonDir: string, call: GitCall): Promise<void> {
  const holder = (await listWorktrees(wish.repositoryPath, call)).find((tree) => tree.branch === wish.branch);
  if (!holder) return;
  if (!holder.isMain && !(await isThere(holder.path))) {
    const entry = await findWorktreeEntry(commonDir, holder.path);
    if (entry !== null) await forgetEntry(wish.repositoryPath, entry, keptNameOf(entry), call);
    return;
  }
  throw new ConfigurationError({
    code: 'BRANCH_IN_USE',
    message: `${wish.branch} is checked out in ${holder.path}`,
    advice: `Check out another branch there: git -C ${holder.path} switch --detach`,
    component: 'git',
    operation: 'ensure worktree',
    metadata: { branch: wish.branch, holder: holder.path },
  });
}

/** Writes the files of a new worktree; in an existing one, at most the index, if an agent deleted it. */
async function finishCheckout(
  path: string,
  { entry, headSha, wasCreated }: Standing & { wasCreated: boolean },
  { branch, baseSha }: WorktreeWish,
  call: GitCall,
): Promise<void> {
  const mark = join(entry, readyMark);
  const long: GitCall = { ...call, timeoutMs: checkoutTimeoutMs };
  if (!(await isThere(join(entry, 'index')))) {
    // An agent may live in a worktree that is adopted, and may delete the mark too. Then a reset would write through
    // links that the agent puts in place of folders, and move the ref that it names in ORIG_HEAD.
    if (!wasCreated) await rebuildIndex(path, 'HEAD', long);
    else {
      const isBase = (headSha ?? (await headOf(path, branch, call))) === baseSha;
      const args = ['reset', '--quiet', '--hard', '--no-recurse-submodules'];
      await runGit(path, args, { ...long, mayFetchLfs: isBase });
    }
  }
  if (await readIfThere(mark)) return;
  await putFile(mark, branch);
}

async function headOf(path: string, branch: string, call: GitCall): Promise<string> {
  const sha = await refSha(path, 'HEAD', call);
  if (sha !== null) return sha;
  throw new PermanentError({
    code: 'WORKTREE_MOVED',
    message: `The branch ${branch} of the worktree ${path} no longer exists`,
    advice: 'Look for its commits in `git reflog` and under refs/moose/preserved.',
    component: 'git',
    operation: 'ensure worktree',
    metadata: { worktreePath: path, branch },
  });
}
