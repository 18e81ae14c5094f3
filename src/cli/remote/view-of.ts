import { type WorkOrder, workOrderSchema } from '../../contract/contract.ts';
import type { Ask } from '../../contract/operations/ask.ts';
import { showWorkOrder } from '../../contract/operations/work-orders.ts';

/** A work order as lists show it. */
export function viewOf(ask: Ask, id: string): Promise<WorkOrder> {
  return ask(showWorkOrder, { params: { id } }, workOrderSchema);
}
