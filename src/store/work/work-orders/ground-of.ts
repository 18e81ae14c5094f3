import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { GroundChange } from '../../../domain/work-order/ground-change.ts';
import type { Query } from '../../database.ts';

export interface ToldGround {
  what: GroundChange['is'];
  words: string;
}

/** More sentences than a person reads in one line; the history has all. */
const sentencesMax = 3;

/** What has changed around these work orders since Moose last looked, in sentences, the newest last. */
export async function groundOf(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, ToldGround[]>> {
  const { rows } = await sql<ToldGround & { workOrderId: WorkOrderId }>`
    select work_order_id, what, words from (
      select work_order_id, detail ->> 'is' as what, reason as words, id, row_number() over (partition by work_order_id order by id desc) as turn
      from work_order_events
      where work_order_id = any(${[...ids]}::uuid[]) and kind = 'ground.changed'
    ) told where turn <= ${sentencesMax} order by id`.execute(query);
  const found = new Map<WorkOrderId, ToldGround[]>();
  for (const { workOrderId, what, words } of rows)
    found.set(workOrderId, [...(found.get(workOrderId) ?? []), { what, words }]);
  return found;
}
