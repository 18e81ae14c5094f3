// Brings the commits of a work order to this machine if another one made them: the database holds them as a bundle.
import { isMooseError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { hasTrailers } from '../../../git/commit/trailers.ts';
import { restoreBundle } from '../../../git/read/patch.ts';
import { hasCommit, isSha, messagesSince, refSha } from '../../../git/read/revision.ts';
import { moveRef } from '../../../git/refs/move-ref.ts';
import { keepCommit } from '../../../git/refs/preserve.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { namedSha } from '../../../git/worktree/head-state.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { hasApplied } from '../../../store/work/runs/earlier-results.ts';
import { newestArtifact } from '../../../store/work/sessions/artifacts.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { clearSession } from '../../run/effects/leftovers.ts';
import { removeKeptWorktree } from '../../run/effects/remove-kept-worktree.ts';
import { isBundle } from '../../run/kept-change.ts';
import { isHere } from '../../run/session-here.ts';
import { findResult } from '../../run/step-results.ts';
import { fenced, type Work } from '../../run/work.ts';
import { isOfEarlierBoot } from '../sessions/recorded-session.ts';
import { worktreePathOf } from './worktree-path.ts';

/** Does nothing if the work order has no commits yet, or if they are too large to be anywhere but where they were made. */
export async function restoreCommits(work: Work, branch: string): Promise<void> {
  const { database, order, project, signal } = work;
  const bundle = await database.run((query) => newestArtifact(query, order.id, 'bundle'), signal);
  if (!isBundle(bundle)) return;
  const { repositoryPath } = project;
  await dropLostBranch(work, branch);
  const beforeMove = async () => setAside(work, await worktreePathOf(work));
  const restore = () => restoreBundle({ repositoryPath, bundle, branch, beforeMove, signal });
  try {
    await restore();
  } catch (cause) {
    if (!(await clearsTheWay(work, branch, cause))) throw cause;
    await restore();
  }
}

/** A branch whose commit a power failure has taken is in the way: git reads no bundle beside it. */
async function dropLostBranch({ project: { repositoryPath }, signal }: Work, branch: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const from = await namedSha(repositoryPath, ref, { signal });
  if (from === null || (await hasCommit(repositoryPath, from, { signal }))) return;
  await moveRef(repositoryPath, { ref, from, to: null, because: 'moose: lost' }, { signal });
}

/**
 * Clears what this machine has of the work from before another machine went on with it: commits that the other machine
 * rebased, and a commit that was never recorded. All of it is kept under a ref.
 */
async function clearsTheWay(work: Work, branch: string, cause: unknown): Promise<boolean> {
  if (!isMooseError(cause) || cause.code !== 'BRANCH_MOVED') return false;
  const worktreePath = await worktreePathOf(work);
  const { order, project, signal } = work;
  const { repositoryPath } = project;
  const ref = `refs/heads/${branch}`;
  const from = await refSha(repositoryPath, ref, { signal });
  if (from === null || !(await isOwn(work, from, cause.metadata.expectedSha))) return false;
  await setAside(work, worktreePath);
  await keepCommit(repositoryPath, from, shortId(order.id), { signal });
  await moveRef(repositoryPath, { ref, from, to: null, because: 'moose: made elsewhere' }, { signal });
  return true;
}

/** Whether this work order made every commit that is on the branch but not in the bundle. */
async function isOwn({ database, order, project, signal }: Work, from: string, bundled: unknown) {
  if (order.stackedOn !== null && (await database.run((query) => hasApplied(query, order.id, from), signal)))
    return true;
  if (typeof bundled !== 'string' || !isSha(bundled)) return false;
  const messages = await messagesSince(project.repositoryPath, { from: bundled, to: from }, { signal });
  return messages.every((message) => hasTrailers(message, { 'Moose-Work-Order': order.id }));
}

async function setAside(work: Work, worktreePath: string): Promise<void> {
  if (!(await isThere(worktreePath))) return;
  const { order, project, signal } = work;
  await stopOpenSessions(work);
  const { repositoryPath } = project;
  await removeKeptWorktree(work, { workOrderId: order.id, repositoryPath, worktreePath, signal });
}

/** Stops what an earlier process left running in the worktree, with proof. */
export async function stopOpenSessions(work: Work): Promise<void> {
  const { database, order, signal } = work;
  const sessions = await database.run((query) => sessionsOf(query, order.id), signal);
  for (const session of sessions) {
    const isOpen = session.state === 'intended' || session.state === 'running';
    if (!isOpen || !isHere(session, work) || isOfEarlierBoot(session, work)) continue;
    if (!(await findProcess(session.directory))) continue;
    // Another process that took over the run may continue it.
    await fenced(work, async () => undefined);
    await clearSession(work, session, signal);
  }
}

/** The commit that the change is based on: the head of its branch, or the commit where the branch will start. */
export async function ensureBaseOfChange(work: Work, routed: RoutingResult): Promise<string> {
  const applied = await findResult(work, 'applying');
  if (!applied) return routed.baseSha;
  const { project, signal } = work;
  if (!(await hasCommit(project.repositoryPath, applied.headSha, { signal })))
    await restoreCommits(work, routed.branch);
  return applied.headSha;
}
