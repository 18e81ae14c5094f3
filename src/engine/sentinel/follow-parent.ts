// Checks the parent change before the pull request itself (R-SPEC-5): while the parent change is open, this
// one waits; if the parent change has moved or is merged, this one follows; if it is gone, this one is held.
import { sentinelActor } from '../../domain/forge/forge.ts';
import { hasCommit, isAncestor } from '../../git/read/revision.ts';
import { lowerThatHolds, type ParentChange } from '../../store/work/plans/stacks.ts';
import { keepFollowed } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { changePullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { openRunOf } from '../../store/work/runs/runs.ts';
import { changeWorkOrder, recordEvent } from '../../store/work/work-orders/work-orders.ts';
import type { PullRequest } from '../ports/forge.ts';
import { holdOfParent } from '../run/effects/parent-hold.ts';
import { retarget } from '../run/effects/retarget.ts';
import { remoteTip } from './contains-base.ts';
import type { LookContext } from './follow-deps.ts';
import { isStill } from './is-still.ts';
import type { Known } from './next/next-of-facts.ts';

/** Null if it is not stacked, or already contains everything below it. */
export async function followParent(context: LookContext, told: PullRequest): Promise<Known['parent']> {
  const { database, order, signal } = context;
  const { parent, isAtWork } = await database.run(
    async (query) => ({
      parent: await lowerThatHolds(query, order),
      isAtWork: (await openRunOf(query, order.id)) !== undefined,
    }),
    signal,
  );
  if (parent === undefined) return null;
  const held = holdOfParent(parent);
  if (held?.is === 'waits' && parent.isReady && parent.headSha !== order.baseSha) return moved(parent);
  if (held) return held;
  // The run itself finds this out before it publishes.
  if (isAtWork) return null;
  const into = await follow(context, told, parent);
  if (context.followed.settledOn === into) return null;
  const isContained = await containsStart(context, into);
  if (isContained === null)
    return {
      is: 'waits',
      words: `The work order that it was based on is merged into ${into}; a machine with the repository compares them.`,
    };
  if (!isContained) return moved(parent);
  const followed = { ...context.followed, settledOn: into };
  await database.run((query) => keepFollowed(query, context.row, followed), signal);
  context.followed = followed;
  return null;
}

function moved({ number }: ParentChange): Known['parent'] {
  return { is: 'moved', words: `pull request ${number ?? ''}, which it is based on, has changed` };
}

function follow(context: LookContext, told: PullRequest, parent: ParentChange): Promise<string> {
  const { database, forge, recovery, signal, order, row } = context;
  context.reached('sentinel:before-retarget');
  const asks = { forge, recovery, signal, context: { workOrderId: order.id } };
  return retarget({ ...asks, database, order, row, told, parent, actor: sentinelActor });
}

/**
 * Whether the base branch contains the commit that the change started from; not true after a squash or a
 * rebase of the parent change. Null if this machine cannot tell.
 */
async function containsStart(context: LookContext, branch: string): Promise<boolean | null> {
  const {
    project: { repositoryPath },
    order: { baseSha },
    signal,
  } = context;
  if (baseSha === null) return null;
  const tip = await remoteTip(context, branch);
  if (tip === null || !(await hasCommit(repositoryPath, baseSha, { signal }))) return null;
  return isAncestor(repositoryPath, baseSha, tip, { signal });
}

/**
 * A person may change the base branch of a pull request on its forge, and a forge does so when a branch is renamed.
 * Moose then uses that branch: otherwise it would open a second pull request into the old one. Updates `context` like
 * its rows. A stacked change follows the parent change instead: `follow-parent.ts`.
 */
export async function followBase(context: LookContext, { baseBranch: into }: PullRequest): Promise<void> {
  const { database, row, order, signal } = context;
  if (order.stackedOn !== null || into === row.baseBranch) return;
  const because = `pull request ${row.number} has the base branch ${into} now, no longer ${row.baseBranch}`;
  // What was refused for the old branch, or found in it, says nothing about the new one.
  const followed = { ...context.followed, isFileOfOther: true, mergeRefused: null, comparedBase: null };
  const isFollowed = await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return false;
    await changePullRequest(query, row, row.number, { baseBranch: into });
    await keepFollowed(query, row, followed);
    const changed = { changedBy: sentinelActor, changedBecause: because };
    await changeWorkOrder(query, order.id, {}, { baseBranch: into, ...changed });
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'pull_request.retargeted',
      actor: sentinelActor,
      reason: because,
      detail: { number: row.number, from: row.baseBranch, into },
    });
    return true;
  }, signal);
  if (!isFollowed) return;
  context.followed = followed;
  Object.assign(row, { baseBranch: into });
  Object.assign(order, { baseBranch: into });
}
