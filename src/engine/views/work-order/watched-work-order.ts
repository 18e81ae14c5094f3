// One work order, for the pages and the command line. If it waits because the database refuses writes, its view says so:
// to ask takes some milliseconds.
import type * as wire from '../../../contract/contract.ts';
import { refusalOfWrites } from '../../../store/connection/takes-writes.ts';
import type { Database } from '../../../store/database.ts';
import { listedByIds } from '../../../store/work/work-orders/work-order-lists.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { viewWorkOrders } from './work-order-view.ts';

export async function watchWorkOrder(
  database: Database,
  { id, status }: Pick<WorkOrder, 'id' | 'status'>,
  now: Date,
): Promise<wire.WorkOrder> {
  const listed = await database.run((query) => listedByIds(query, [id]));
  const isOpen = status === 'pending' || status === 'in_progress';
  const writesRefused = isOpen ? await database.run(refusalOfWrites) : null;
  const [view] = await viewWorkOrders(database, listed, now, { writesRefused });
  if (!view) throw new TypeError('A work order has no view');
  return view;
}
