// When the parent change is merged, retargets the pull request to the branch where that one went. Repeating it is
// harmless: the forge is asked for the base, and some forges change it by themselves when a branch is deleted.
import type { Database, Query } from '../../../store/database.ts';
import { type ParentChange, parentOf } from '../../../store/work/plans/stacks.ts';
import { changePullRequest, type PullRequestRow } from '../../../store/work/pull-requests/pull-requests.ts';
import { changeWorkOrder, recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { PullRequest } from '../../ports/forge.ts';
import { type AsksForge, askForge } from '../../recovery/ask-forge.ts';

interface Retargeting extends AsksForge {
  database: Database;
  order: WorkOrder;
  row: PullRequestRow;
  /** As the forge has just reported it. */
  told: Pick<PullRequest, 'number' | 'baseBranch'>;
  parent: ParentChange;
  actor: string;
}

/** Returns the base branch; updates `order` and `row` like their rows. */
export async function retarget(given: Retargeting): Promise<string> {
  const { database, forge, order, row, told, parent, signal } = given;
  const into = parent.baseBranch;
  if (parent.state !== 'merged' || into === null) return told.baseBranch;
  if (told.baseBranch !== into)
    await askForge(given, 'retarget', () =>
      forge.updatePullRequest(told.number, { baseBranch: into }, signal),
    );
  if (row.baseBranch === into && order.baseBranch === into) return into;
  const stackedOn = await database.transaction((query) => recordBase(query, given, into), signal);
  Object.assign(row, { baseBranch: into });
  Object.assign(order, { baseBranch: into, stackedOn });
  return into;
}

/** If the parent change was merged into an unmerged branch, this change is now stacked on that branch. */
async function recordBase(
  query: Query,
  { order, row, parent, actor }: Retargeting,
  into: string,
): Promise<WorkOrder['stackedOn']> {
  const next = await parentOf(query, parent);
  const stackedOn = next?.branch === into ? parent.stackedOn : order.stackedOn;
  const because = `pull request ${parent.number ?? ''}, which it is based on, is merged into ${into}`;
  await changePullRequest(query, row, row.number, { baseBranch: into });
  await changeWorkOrder(
    query,
    order.id,
    {},
    { baseBranch: into, stackedOn, changedBy: actor, changedBecause: because },
  );
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'pull_request.retargeted',
    actor,
    reason: because,
    detail: { number: row.number, from: row.baseBranch, into },
  });
  return stackedOn;
}
