// What people tell a running work order (R-PROJ-10): events of its history, read by later prompts.
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Message } from '../../../domain/work-order/message.ts';
import type { Query } from '../../database.ts';

/** The messages, oldest first. */
export async function messagesOf(query: Query, id: WorkOrderId): Promise<Message[]> {
  const rows = await query
    .selectFrom('workOrderEvents')
    .select(['id', 'at', 'actor', 'reason', 'detail'])
    .where('workOrderId', '=', id)
    .where('kind', '=', 'message')
    .orderBy('id')
    .execute();
  return rows.map(({ id: eventId, at, actor, reason, detail }) => ({
    id: String(eventId),
    at,
    by: actor,
    text: reason,
    file: typeof detail.file === 'string' ? detail.file : null,
    line: typeof detail.line === 'number' ? detail.line : null,
    requestId: typeof detail.requestId === 'string' ? detail.requestId : null,
    isUrgent: detail.now === true,
  }));
}
