// The work order that a person means, by an index; where none or several are meant, the error says so.
import type { WorkOrderId } from '../../domain/ids.ts';
import { hexOf, idsCalled } from '../../store/called.ts';
import type { Query } from '../../store/database.ts';
import { findWorkOrder, type WorkOrder, workOrderById } from '../../store/work-orders.ts';

const ambiguousFrom = 2;

/** @throws PermanentError `WORK_ORDER_NOT_FOUND`, `WORK_ORDER_AMBIGUOUS` */
export async function findOrder(query: Query, given: string): Promise<WorkOrder> {
  const hex = hexOf(given);
  const ids = hex === null ? [] : await idsCalled<WorkOrderId>(query, 'work_orders', hex, ambiguousFrom);
  const [only, another] = ids;
  const found = only && another === undefined ? await workOrderById(query, only) : undefined;
  return found ?? findWorkOrder(query, given);
}
