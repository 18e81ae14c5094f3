// The first line of the commits of a work order.
import { foreignText } from '../../../domain/forge/forge-text.ts';
import { isOfSubtask } from '../../../domain/work-order/subtask.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

/** What an agent has written closes no issue, notifies nobody and skips no check. What a person has written stays. */
export function commitTitle(order: Pick<WorkOrder, 'title' | 'parentId' | 'settings'>): string {
  return isOfSubtask(order) ? foreignText(order.title) : order.title;
}
