import type { Query } from '../../store/database.ts';
import { jointGroup } from '../../store/work/joint-changes.ts';
import { requireWorkOrder, type WorkOrder } from '../../store/work/work-orders.ts';

/** Whether a work order is cancelled because another member of its joint change was, and not by a person. */
export async function isCancelledTogether(
  query: Query,
  { id, settings: { joint } }: Pick<WorkOrder, 'id' | 'settings'>,
): Promise<boolean> {
  if (joint === undefined) return false;
  const { outcome, decidedAt } = await jointGroup(query, joint.group);
  const { cancelRequestedAt } = await requireWorkOrder(query, id);
  if (decidedAt === null) return false;
  // Once published, nobody requests it: a member ends itself if an earlier one is cancelled.
  return outcome === 'published' ? cancelRequestedAt === null : (cancelRequestedAt ?? decidedAt) >= decidedAt;
}
