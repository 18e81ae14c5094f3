import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';

/** More sentences than a person reads in one line; the history has all. */
const sentencesMax = 3;

/** What has changed around these work orders since Moose last looked, in sentences, the newest last. */
export async function groundOf(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, string[]>> {
  const { rows } = await sql<{ workOrderId: WorkOrderId; reason: string }>`
    select work_order_id, reason from (
      select work_order_id, reason, id, row_number() over (partition by work_order_id order by id desc) as turn
      from work_order_events
      where work_order_id = any(${[...ids]}::uuid[]) and kind = 'ground.changed'
    ) told where turn <= ${sentencesMax} order by id`.execute(query);
  const found = new Map<WorkOrderId, string[]>();
  for (const { workOrderId, reason } of rows)
    found.set(workOrderId, [...(found.get(workOrderId) ?? []), reason]);
  return found;
}
