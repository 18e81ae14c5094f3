// Completed work orders whose pull request waits for a person: lists, counts and views ask the same condition.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';

/** A stacked change waits for the one below it, unless that one never arrives: then a person decides. */
const waitsForLower = sql`exists (select from work_orders lower where lower.id = w.stacked_on
  and lower.status not in ('failed', 'cancelled')
  and not exists (select from pull_requests l where l.work_order_id = lower.id and l.state <> 'open'))`;

/** Their IDs. A merge queue needs nobody, and what somebody has merged by hand is merged. */
export const readyToMerge = sql`select p.work_order_id from pull_requests p
  join work_orders w on w.id = p.work_order_id
  where p.state = 'open' and w.status = 'completed' and p.merge_queued_at is null
    and coalesce(p.followed -> 'comparedBase' ->> 'isMerged', 'false') <> 'true' and not ${waitsForLower}`;

export interface Proposed {
  isReady: boolean;
  /** Somebody has merged it by hand, and its pull request is still open. */
  isMergedByHand: boolean;
}

/** Those of these work orders that have an open pull request. */
export async function proposedAmong(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<ReadonlyMap<WorkOrderId, Proposed>> {
  const { rows } = await sql<Proposed & { workOrderId: WorkOrderId }>`
    select q.work_order_id, bool_or(q.work_order_id in (${readyToMerge} and p.work_order_id = any (${[...ids]}::uuid[])))
        as is_ready,
      bool_or(coalesce(q.followed -> 'comparedBase' ->> 'isMerged', 'false') = 'true') as is_merged_by_hand
    from pull_requests q where q.work_order_id = any (${[...ids]}::uuid[]) and q.state = 'open'
    group by q.work_order_id`.execute(query);
  return new Map(rows.map(({ workOrderId, ...row }) => [workOrderId, row]));
}
