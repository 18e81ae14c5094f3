// The open questions of a project whose recommended answer is more work.
import { sql } from 'kysely';
import type { ProjectId, WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

type Question = { workOrderId: WorkOrderId } | { groupKey: string };

/** Of its work orders, unless an effect has to be undone or left; and about the plans of its specs. */
export async function questionsForWork(query: Query, projectId: ProjectId): Promise<Question[]> {
  const { rows } = await sql<{ workOrderId: WorkOrderId | null; groupKey: string | null }>`
    select e.work_order_id, e.group_key
    from escalations e left join work_orders w on w.id = e.work_order_id
    where e.status = 'open' and (
      w.project_id = ${projectId} and exists (
        select from jsonb_array_elements(e.options) o
        where o ->> 'id' = e.recommended_option and o ->> 'kind' not in ('undo', 'cancel', 'wait'))
      or e.group_key in (select 'plan:' || s.id from specs s where s.project_id = ${projectId}))
    order by e.created_at`.execute(query);
  return rows.flatMap<Question>(({ workOrderId, groupKey }) =>
    workOrderId !== null ? [{ workOrderId }] : groupKey !== null ? [{ groupKey }] : [],
  );
}
