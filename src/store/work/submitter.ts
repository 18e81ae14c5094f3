import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

/** Returns the actor who submitted a work order, from the first entry of its history. */
export async function submitterOf(query: Query, id: WorkOrderId): Promise<string> {
  const { actor } = await query
    .selectFrom('workOrderEvents')
    .select('actor')
    .where('workOrderId', '=', id)
    .orderBy('id')
    .limit(1)
    .executeTakeFirstOrThrow();
  return actor;
}
