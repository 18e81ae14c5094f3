// Work orders for which others of their group wait, and which do not continue on their own.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import { waitsForDecision } from './groups.ts';

export interface GroupBlocker {
  blocker: WorkOrderId;
  /** Null if it needs a person for another reason than a pause. */
  heldBy: string | null;
  /** The waiting work order is a candidate that has passed: it waits for a limited time. */
  hasPassed: boolean;
}

const isHeld = sql<boolean>`(w.held_by is not null and w.status in ('pending', 'in_progress')
  and w.cancel_requested_at is null)`;

/** What each of these work orders waits for; work orders that wait for none that has stopped are left out. */
export async function blockersInGroups(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, GroupBlocker[]>> {
  const { rows } = await sql<GroupBlocker & { id: WorkOrderId }>`
    select own.work_order_id as id, w.id as blocker, case when ${isHeld} then w.held_by end as held_by,
      own.result is not distinct from 'passed' as has_passed, m.number
    from group_members own
      join work_order_groups g on g.id = own.group_id and g.kind = 'candidates' and g.decided_at is null
      join group_members m on m.group_id = own.group_id and m.number <> own.number
      join work_orders w on w.id = m.work_order_id
    where own.work_order_id = any (${[...ids]}::uuid[]) and own.result is not null
      and (w.status = 'needs_review' or ${isHeld} and ${waitsForDecision} is not true)
    union all
    select own.work_order_id, w.id, case when ${isHeld} then w.held_by end, false, m.number
    from group_members own join work_order_groups g on g.id = own.group_id and g.kind = 'joint'
      join work_orders o on o.id = own.work_order_id
      join group_members m on m.group_id = own.group_id and m.number <> own.number
      join work_orders w on w.id = m.work_order_id
    where own.work_order_id = any (${[...ids]}::uuid[]) and (w.status in ('needs_review', 'failed') or ${isHeld})
      and case when g.decided_at is not null then m.number < own.number and w.pull_request_url is null
        else (m.number < own.number or o.step = 'creating_pr')
          and not (m.result is not distinct from 'passed' and w.status = 'in_progress' and w.step = 'creating_pr') end
    order by number`.execute(query);
  const found = new Map<WorkOrderId, GroupBlocker[]>();
  for (const { id, blocker, heldBy, hasPassed } of rows)
    found.set(id, [...(found.get(id) ?? []), { blocker, heldBy, hasPassed }]);
  return found;
}
