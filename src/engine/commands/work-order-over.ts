// The refusal of an action for which a work order has already progressed too far.
import { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';

export function workOrderOver(
  { id, status }: Pick<WorkOrder, 'id' | 'status'>,
  operation: 'approve' | 'send',
): PermanentError {
  return new PermanentError({
    component: 'steering',
    operation,
    code: 'WORK_ORDER_OVER',
    message: `Work order ${shortId(id)} is already ${status}.`,
    advice: 'Submit a new one.',
  });
}
