// The view of a work order for the pages: the view for programs, plus whether it needs a person.
import type * as wire from '../../contract/contract.ts';
import type { Database } from '../../store/database.ts';
import { type ListedWorkOrder, openQuestionsOf } from '../../store/work/work-order-lists.ts';
import { viewWorkOrders } from './work-order-view.ts';

/** Uses the same number of database queries for two hundred work orders as for one. */
export async function watchWorkOrders(
  database: Database,
  orders: readonly ListedWorkOrder[],
  now: Date,
): Promise<wire.WorkOrder[]> {
  if (orders.length === 0) return [];
  const ids = orders.map(({ id }) => id);
  const questions = await database.run((query) => openQuestionsOf(query, ids));
  const views = await viewWorkOrders(database, orders, now);
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

function waitsForHuman({ status, needsApproval, approvedAt }: ListedWorkOrder): boolean {
  return status === 'needs_review' || (status === 'pending' && needsApproval && approvedAt === null);
}
