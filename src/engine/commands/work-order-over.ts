// The refusal of an action for which a work order has already progressed too far.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { commandFailures } from './failure-catalogue.ts';

export function workOrderOver(
  { id, status }: Pick<WorkOrder, 'id' | 'status'>,
  operation: 'approve' | 'send',
): PermanentError {
  return commandFailures.WORK_ORDER_OVER_SUBMIT(operation, { id: shortId(id), status });
}
