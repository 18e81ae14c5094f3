// A person may change the base branch of a pull request on its forge, and a forge does so when a branch is renamed.
// Moose then uses that branch: otherwise it would open a second pull request into the old one.
import { sentinelActor } from '../../domain/forge.ts';
import { keepFollowed } from '../../store/work/followed-pull-requests.ts';
import { changePullRequest } from '../../store/work/pull-requests.ts';
import { changeWorkOrder, recordEvent } from '../../store/work/work-orders.ts';
import type { PullRequest } from '../ports/forge.ts';
import type { LookContext } from './follow-deps.ts';
import { isStill } from './is-still.ts';

/** Updates `context` like its rows. A stacked change follows the parent change instead: `follow-parent.ts`. */
export async function followBase(context: LookContext, { baseBranch: into }: PullRequest): Promise<void> {
  const { database, row, order, signal } = context;
  if (order.stackedOn !== null || into === row.baseBranch) return;
  const because = `pull request ${row.number} has the base branch ${into} now, no longer ${row.baseBranch}`;
  // What was refused for the old branch, such as a conflict with it, says nothing about the new one.
  const followed = { ...context.followed, isFileOfOther: true, mergeRefused: null };
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
