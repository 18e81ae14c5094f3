// For tests: reads the stored costs of a work order.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

export function costsOf(query: Query, workOrderId: WorkOrderId) {
  return query
    .selectFrom('costTracking')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('createdAt')
    .execute();
}
