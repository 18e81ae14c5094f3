// When what a change stands on is merged, its pull request is to be merged where that one went. Repeating it is harmless:
// the forge is asked what the base is, and some forges change it by themselves when a branch is deleted.
import type { Database, Query } from '../../store/database.ts';
import { changePullRequest, type PullRequestRow } from '../../store/work/pull-requests.ts';
import { type Below, belowOf } from '../../store/work/stacks.ts';
import { changeWorkOrder, recordEvent, type WorkOrder } from '../../store/work/work-orders.ts';
import type { PullRequest } from '../ports/forge.ts';
import { type AsksForge, askForge } from '../recovery/ask-forge.ts';

interface Retargeting extends AsksForge {
  database: Database;
  order: WorkOrder;
  row: PullRequestRow;
  /** As the forge has just told it. */
  told: Pick<PullRequest, 'number' | 'baseBranch'>;
  below: Below;
  actor: string;
}

/** Returns the base branch; `order` and `row` are changed like their rows. */
export async function retarget(given: Retargeting): Promise<string> {
  const { database, forge, order, row, told, below, signal } = given;
  const into = below.baseBranch;
  if (below.state !== 'merged' || into === null) return told.baseBranch;
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

/** It now stands on what the lower one stood on, if that one was merged into a branch that is not merged itself. */
async function recordBase(
  query: Query,
  { order, row, below, actor }: Retargeting,
  into: string,
): Promise<WorkOrder['stackedOn']> {
  const next = await belowOf(query, below);
  const stackedOn = next?.branch === into ? below.stackedOn : order.stackedOn;
  const because = `pull request ${below.number ?? ''}, which it stands on, is merged into ${into}`;
  await changePullRequest(query, row, row.number, { baseBranch: into });
  await changeWorkOrder(
    query,
    order.id,
    {},
    { baseBranch: into, stackedOn, changedBy: actor, changedBecause: because },
  );
  await recordEvent(query, {
    ...{ workOrderId: order.id, kind: 'pull_request.retargeted', actor, reason: because },
    detail: { number: row.number, from: row.baseBranch, into },
  });
  return stackedOn;
}
