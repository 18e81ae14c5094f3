// What a change is merged after: the one that it is stacked on, and the earlier ones of its joint change.
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../../store/database.ts';
import {
  earlierUnmerged,
  mayFollowUnmerged,
  type Unmerged,
} from '../../../store/work/groups/joint-changes.ts';
import { lowerThatHolds } from '../../../store/work/plans/stacks.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { holdOfParent, type ParentHold } from './parent-hold.ts';

/** Null if it may be merged. */
export async function mergeHold(query: Query, order: WorkOrder): Promise<ParentHold | null> {
  return (
    holdOfParent(await lowerThatHolds(query, order)) ?? (await followsUnmerged(query, order))?.held ?? null
  );
}

/** Null if every earlier member of its joint change is merged, or there is none. */
export async function followsUnmerged(
  query: Query,
  { id, settings: { group } }: Pick<WorkOrder, 'id' | 'settings'>,
): Promise<{ earlier: Unmerged; held: ParentHold } | null> {
  if (group?.kind !== 'joint' || group.number === 1) return null;
  const earlier = await earlierUnmerged(query, id);
  return earlier === undefined ? null : { earlier, held: holdOfEarlier(earlier) };
}

/** What these work orders of joint changes are merged after, in words. */
export async function followsAmong(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, string>> {
  const words = new Map<WorkOrderId, string>();
  if (ids.length === 0) return words;
  for (const id of await mayFollowUnmerged(query, ids)) {
    const earlier = await earlierUnmerged(query, id);
    if (earlier !== undefined) words.set(id, holdOfEarlier(earlier).words);
  }
  return words;
}

/** Pure. */
function holdOfEarlier({ workOrderId, project, number, state, status, isReverted }: Unmerged): ParentHold {
  const order = `work order ${shortId(workOrderId)} in ${project}`;
  const earlier = number === null ? order : `pull request ${number} of ${order}`;
  const held = (what: string): ParentHold => ({
    is: 'held',
    words: `It follows ${earlier}, which ${what}, so it is not merged.`,
  });
  if (isReverted) return held('was reverted after its merge');
  if (state === 'closed') return held('was closed without a merge');
  if (status === 'cancelled') return held('is cancelled');
  return { is: 'waits', words: `It follows ${earlier}, which has to be merged first.` };
}
