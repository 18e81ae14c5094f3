// After another boot of the machine, or an error of its disk: what a work order has here is compared with its commits and
// made again, before anything runs in it. A file that was not flushed is empty or old now, and a check of it would be a check
// of something that is not the commit (R-PIPE-6).
import { join } from 'node:path';
import { isMooseError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { rebuildIndex } from '../../../git/commit/scratch-index.ts';
import { branchPrefix } from '../../../git/refs/branch-name.ts';
import { lostObjects, refuseLost, removeEmptyFiles } from '../../../git/refs/lost-objects.ts';
import { moveRef } from '../../../git/refs/move-ref.ts';
import { keepCommit, preservedRef } from '../../../git/refs/preserve.ts';
import { refetchMirror } from '../../../git/remote/mirror.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { headState, namedSha } from '../../../git/worktree/head-state.ts';
import { readStatus } from '../../../git/worktree/status.ts';
import { isRemembered } from '../../../git/worktree/worktree-entry.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { removeKeptWorktree } from '../../run/effects/remove-kept-worktree.ts';
import { copiedFilesMemo } from '../../run/effects/retention-job.ts';
import { mirrorOf } from '../../run/project-here.ts';
import { fenced, type Work } from '../../run/work.ts';
import { notesFolder } from '../prepared/prepared-note.ts';
import { restoreCommits, stopOpenSessions } from './restore-commits.ts';

interface Place {
  routed: RoutingResult;
  worktreePath: string;
  /** The last commit that was recorded. */
  headSha: string;
}

const namedMax = 5;
const wholeStatus = { untracked: 'normal', ignoreSubmodules: 'dirty' } as const;

/**
 * Call this before `ensureWorktree`, which then makes the worktree. What was not committed, or not recorded, is kept under
 * `refs/moose/preserved`, as far as it can be read.
 * @throws OBJECTS_LOST if neither the database nor a remote has what the repository has lost
 */
export async function renewAfterBoot(work: Work, place: Place): Promise<void> {
  const { worktreePath, routed } = place;
  if (await isRemembered(worktreePath)) return;
  const { order, project, signal } = work;
  const { repositoryPath } = project;
  // After an error of the disk, something may still run there.
  await stopOpenSessions(work);
  const refs = await removeEmpty(work);
  const kept = await dropLostRef(work);
  const restored = await bringCommits(work, place);
  await dropHomes(work);
  const differing = await differingIn(worktreePath, { signal });
  await removeKeptWorktree(work, { workOrderId: order.id, repositoryPath, worktreePath, signal });
  const lost = [...refs, ...(kept ? [kept] : [])];
  const reason = reasonOf(differing, restored, lost);
  work.logger.info({ workOrderId: order.id, worktreePath, differing, restored, lost }, reason);
  const detail = { path: worktreePath, branch: routed.branch, differing, restored, lost };
  const event = { workOrderId: order.id, kind: 'worktree.renewed', actor: 'moose', reason, detail };
  await fenced(work, (query) => recordEvent(query, event));
}

function reasonOf(differing: readonly string[] | null, restored: number, lost: readonly string[]): string {
  const files = differing?.slice(0, namedMax).join(', ');
  const more =
    differing !== null && differing.length > namedMax ? ` and ${differing.length - namedMax} more` : '';
  const found =
    differing === null
      ? 'It could not be compared with its commit.'
      : differing.length === 0
        ? 'Its files were those of its commit.'
        : `It differed from its commit in ${files}${more}.`;
  return [
    'The machine has started again, or its disk has had an error: the worktree was made again from its commit.',
    found,
    ...(restored > 0
      ? [`The repository had lost ${restored} objects of the change: they are restored.`]
      : []),
    ...(lost.length > 0 ? [`These references were lost: ${lost.join(', ')}.`] : []),
  ].join(' ');
}

/** The same for the commits alone, for a step that needs no worktree. */
export async function renewCommitsAfterBoot(work: Work, place: Place): Promise<void> {
  if (await isRemembered(place.worktreePath)) return;
  await removeEmpty(work);
  await bringCommits(work, place);
}

function removeEmpty({ project, signal }: Work): Promise<string[]> {
  return removeEmptyFiles(project.repositoryPath, ['refs/moose', `refs/heads/${branchPrefix}`], { signal });
}

/** What was kept before is lost if its commit is: then the reference is in the way of what is kept next. */
async function dropLostRef({ order, project, signal }: Work): Promise<string | null> {
  const { repositoryPath } = project;
  const ref = preservedRef(shortId(order.id));
  const from = await namedSha(repositoryPath, ref, { signal });
  if (from === null || (await lostObjects(repositoryPath, { from, to: from }, { signal })).length === 0)
    return null;
  await moveRef(repositoryPath, { ref, from, to: null, because: 'moose: lost' }, { signal });
  return `${ref} (${from})`;
}

/** Brings the branch to the last recorded commit, with all of its objects. Returns how many were lost. */
async function bringCommits(work: Work, { routed, headSha }: Place): Promise<number> {
  const { project, order, signal } = work;
  const { repositoryPath } = project;
  const { branch, baseSha } = routed;
  const call = { signal };
  const ref = `refs/heads/${branch}`;
  const lost = await lostObjects(repositoryPath, { from: baseSha, to: headSha }, call);
  const at = await namedSha(repositoryPath, ref, call);
  if (at !== null && at !== headSha) {
    // A commit that was made and not recorded: its files were those of the worktree before the machine stopped.
    const isWhole = (await lostObjects(repositoryPath, { from: baseSha, to: at }, call)).length === 0;
    if (isWhole) await keepCommit(repositoryPath, at, shortId(order.id), call);
  }
  if (lost.length === 0) {
    if (at !== headSha && (at !== null || headSha !== baseSha))
      await moveRef(repositoryPath, { ref, from: at, to: headSha, because: 'moose: after a restart' }, call);
    return 0;
  }
  if (at !== null) await moveRef(repositoryPath, { ref, from: at, to: null, because: 'moose: lost' }, call);
  const mirror = mirrorOf(project, signal);
  if (mirror !== null) await refetchMirror(mirror);
  refuseLost(repositoryPath, await lostObjects(repositoryPath, { from: baseSha, to: baseSha }, call));
  await restoreCommits(work, branch);
  refuseLost(repositoryPath, await lostObjects(repositoryPath, { from: baseSha, to: headSha }, call));
  return lost.length;
}

/** What sessions have written in their homes: caches, and the conversations of agents. They begin without. */
async function dropHomes(work: Work): Promise<void> {
  const folder = join(notesFolder(work.settings.dataDirectory), shortId(work.order.id));
  for (const name of await namesIn(folder))
    if (name !== copiedFilesMemo) await removeTree(join(folder, name));
}

/** The files of the worktree that are not those of its commit, new ones included; null if git cannot tell. */
async function differingIn(worktreePath: string, call: { signal: AbortSignal }): Promise<string[] | null> {
  if (!(await isThere(worktreePath)) || (await headState(worktreePath, call)).sha === null) return null;
  try {
    // The index may be cut off too, and it knows files by their times.
    await rebuildIndex(worktreePath, 'HEAD', call);
    const { changes } = await readStatus(worktreePath, wholeStatus, call);
    return changes.map(({ path }) => path);
  } catch (cause) {
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    return null;
  }
}
