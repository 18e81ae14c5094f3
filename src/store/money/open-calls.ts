// Moose's own model calls that have no answer yet, for the answer to 'Why does this not move?' (R-PIPE-13).
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

export interface OpenCall {
  model: string;
  sentAt: Date;
}

/** The oldest open call of each of these work orders; calls of agents belong to their sessions and are left out. */
export async function openCallsOf(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, OpenCall>> {
  if (ids.length === 0) return new Map();
  const rows = await query
    .selectFrom('costTracking')
    .select(['workOrderId', 'model', 'createdAt'])
    .where('workOrderId', 'in', ids)
    .where('type', '=', 'actual')
    .where('status', '=', 'sent')
    .where('sessionId', 'is', null)
    .where('isLease', '=', false)
    // Of equal keys, a map keeps the last.
    .orderBy('createdAt', 'desc')
    .execute();
  return new Map(
    rows.flatMap(({ workOrderId, model, createdAt }): [WorkOrderId, OpenCall][] =>
      workOrderId === null || model === null ? [] : [[workOrderId, { model, sentAt: createdAt }]],
    ),
  );
}
