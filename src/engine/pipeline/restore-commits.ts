// Brings the commits of a work order to this machine if another one made them: the database holds them as a bundle.
import { isMooseError, TransientError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { moveRef } from '../../git/move-ref.ts';
import { restoreBundle } from '../../git/patch.ts';
import { keepCommit } from '../../git/preserve.ts';
import { isSha, messagesSince, refSha } from '../../git/revision.ts';
import { hasTrailers } from '../../git/trailers.ts';
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
    if (!(await clearsTheWay(work, branch, cause))) throw cause;
    await restore();
  }
}

/**
 * Clears what this machine has of the work from before another machine went on with it: uncommitted files of its agent,
 * commits that the other machine rebased, and a commit that was never recorded. All of it is kept under a ref.
 * @throws WORKTREE_BUSY
 */
async function clearsTheWay(work: Work, branch: string, cause: unknown): Promise<boolean> {
  if (!isMooseError(cause)) return false;
  const worktreePath = await worktreePathOf(work);
  // A worktree of a person is left alone.
  if (cause.code === 'WORKTREE_IN_THE_WAY')
    return (
      cause.metadata.worktreePath === (await storedWorktreePath(worktreePath)) &&
      setAside(work, worktreePath, cause)
    );
  if (cause.code !== 'BRANCH_MOVED') return false;
  const { order, project, signal } = work;
  const { repositoryPath } = project;
  const ref = `refs/heads/${branch}`;
  const from = await refSha(repositoryPath, ref, { signal });
  if (from === null || !(await isOwn(work, from, cause.metadata.expectedSha))) return false;
  await setAside(work, worktreePath, cause);
  await keepCommit(repositoryPath, from, shortId(order.id), { signal });
  await moveRef(repositoryPath, { ref, from, to: null, because: 'moose: made elsewhere' }, { signal });
  return true;
}

/** Whether this work order made all commits that the branch here has and the bundle does not. */
async function isOwn({ database, order, project, signal }: Work, from: string, bundled: unknown) {
  if (order.stackedOn !== null && (await database.run((query) => hasApplied(query, order.id, from), signal)))
    return true;
  if (typeof bundled !== 'string' || !isSha(bundled)) return false;
  const messages = await messagesSince(project.repositoryPath, { from: bundled, to: from }, { signal });
  return messages.every((message) => hasTrailers(message, { 'Moose-Work-Order': order.id }));
}

/** While something still runs in the worktree, the step is repeated later. */
async function setAside(work: Work, worktreePath: string, cause: unknown): Promise<true> {
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
