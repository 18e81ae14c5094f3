// Brings the commits of a work order to this machine if another one made them: the database holds them as a bundle.
import { isMooseError, TransientError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { moveRef } from '../../git/move-ref.ts';
import { restoreBundle } from '../../git/patch.ts';
import { keepCommit } from '../../git/preserve.ts';
import { refSha } from '../../git/revision.ts';
import { removeWorktree } from '../../git/worktree.ts';
import { storedWorktreePath } from '../../git/worktree-list.ts';
import { newestArtifact } from '../../store/work/artifacts.ts';
import { hasApplied } from '../../store/work/earlier-results.ts';
import type { Work } from '../run/work.ts';
import { isInUse, worktreePathOf } from './worktree-path.ts';

/** Does nothing if the work order has no commits yet. */
export async function restoreCommits(work: Work, branch: string): Promise<void> {
  const { database, order, project, signal } = work;
  const bundle = await database.run((query) => newestArtifact(query, order.id, 'bundle'), signal);
  if (!bundle) return;
  const { repositoryPath } = project;
  const restore = () => restoreBundle({ repositoryPath, bundle, branch, signal });
  try {
    await restore();
  } catch (cause) {
    if (!(await movesRebased(work, branch, cause)) && !(await clearsTheWay(work, cause))) throw cause;
    await restore();
  }
}

/**
 * This machine had the work before, and its agent left uncommitted files: they are preserved under a ref, and the
 * worktree is removed. While something still runs in it, the step is repeated later.
 * @throws WORKTREE_BUSY
 */
async function clearsTheWay(work: Work, cause: unknown): Promise<boolean> {
  if (!isMooseError(cause) || cause.code !== 'WORKTREE_IN_THE_WAY') return false;
  const worktreePath = await worktreePathOf(work);
  // A worktree of a person is left alone.
  if (cause.metadata.worktreePath !== (await storedWorktreePath(worktreePath))) return false;
  if (await isInUse(work)) throw busy(worktreePath, cause);
  const { order, project, signal } = work;
  const { repositoryPath } = project;
  await removeWorktree({ repositoryPath, worktreePath, preserveAs: shortId(order.id), signal });
  return true;
}

function busy(worktreePath: string, cause: unknown): TransientError {
  return new TransientError({
    code: 'WORKTREE_BUSY',
    component: 'pipeline',
    operation: 'restore commits',
    message: `A session that an earlier process left behind still works in ${worktreePath}.`,
    advice: 'Moose stops it and tries again. `moose reconcile --plan` shows what was left behind.',
    failureClass: 'orchestration_error',
    metadata: { worktreePath },
    cause,
  });
}

/**
 * Another machine has rebased the stacked change, so the branch here is at an old commit. It is moved only if the work
 * order itself made that commit, which is kept under a ref.
 */
async function movesRebased(
  { database, order, project: { repositoryPath }, signal }: Work,
  branch: string,
  cause: unknown,
): Promise<boolean> {
  if (order.stackedOn === null || !isMooseError(cause) || cause.code !== 'BRANCH_MOVED') return false;
  const ref = `refs/heads/${branch}`;
  const from = await refSha(repositoryPath, ref, { signal });
  if (from === null || !(await database.run((query) => hasApplied(query, order.id, from), signal)))
    return false;
  await keepCommit(repositoryPath, from, shortId(order.id), { signal });
  await moveRef(repositoryPath, { ref, from, to: null, because: 'moose: rebased elsewhere' }, { signal });
  return true;
}
