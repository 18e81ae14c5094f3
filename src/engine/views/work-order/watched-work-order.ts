// The view of a work order for the pages: the view for programs, plus whether it needs a person.
import type * as wire from '../../../contract/contract.ts';
import { refusalOfWrites } from '../../../store/connection/takes-writes.ts';
import type { Database } from '../../../store/database.ts';
import {
  type ListedWorkOrder,
  listedByIds,
  openQuestionsOf,
} from '../../../store/work/work-orders/work-order-lists.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { ExplainFacts } from './explain.ts';
import { viewWorkOrders } from './work-order-view.ts';

/** Uses the same number of database queries for two hundred work orders as for one. */
export async function watchWorkOrders(
  database: Database,
  orders: readonly ListedWorkOrder[],
  now: Date,
  more: Pick<ExplainFacts, 'writesRefused'> = {},
): Promise<wire.WorkOrder[]> {
  if (orders.length === 0) return [];
  const ids = orders.map(({ id }) => id);
  const questions = await database.run((query) => openQuestionsOf(query, ids));
  const views = await viewWorkOrders(database, orders, now, more);
  return views.flatMap((view, index) => {
    const order = orders[index];
    if (!order) return [];
    const question = questions.get(view.id) ?? null;
    return {
      ...view,
      needs_you: question !== null || waitsForHuman(order),
      escalation_id: question,
      held_by: order.heldBy,
    };
  });
}

/** One work order. If it waits because the database refuses writes, its view says so: to ask takes some milliseconds. */
export async function watchWorkOrder(
  database: Database,
  { id, status }: Pick<WorkOrder, 'id' | 'status'>,
  now: Date,
): Promise<wire.WorkOrder> {
  const listed = await database.run((query) => listedByIds(query, [id]));
  const isOpen = status === 'pending' || status === 'in_progress';
  const writesRefused = isOpen ? await database.run(refusalOfWrites) : null;
  const [view] = await watchWorkOrders(database, listed, now, { writesRefused });
  if (!view) throw new TypeError('A work order has no view');
  return view;
}

function waitsForHuman({ status, needsApproval, approvedAt }: ListedWorkOrder): boolean {
  return status === 'needs_review' || (status === 'pending' && needsApproval && approvedAt === null);
}
