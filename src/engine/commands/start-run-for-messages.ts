// Handles messages about a change that is published and waits for CI: a new run begins with the next cycle. The cycle
// counts like every other cycle of the work order.
import { isHuman } from '../../domain/people/person.ts';
import type { Query } from '../../store/database.ts';
import { addToCounters, openRunOf } from '../../store/work/runs/runs.ts';
import { changeWorkOrder, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { beginRun, type SteeringDeps } from './start-run.ts';

/** Comments do not restart work that a person stopped. */
export function mayContinue(order: WorkOrder): boolean {
  return order.heldBy === null && order.parkedAt === null && order.cancelRequestedAt === null;
}

/** False if the work order no longer waits for CI, or a program asks and no cycles are left. */
export async function startRunForMessages(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  actor: string,
): Promise<boolean> {
  const cycles = order.refinementCycles + 1;
  if (!isHuman(actor) && cycles > order.refinementCyclesMax) return false;
  if (await openRunOf(query, order.id)) return false;
  const isBegun = await changeWorkOrder(
    query,
    order.id,
    { status: 'in_progress', step: 'awaiting_ci', run: order.run },
    {
      step: 'generating',
      stepState: 'running',
      run: order.run + 1,
      // A person may ask for one cycle beyond the limit.
      refinementCyclesMax: Math.max(order.refinementCyclesMax, cycles),
      changedBy: actor,
      changedBecause: 'works on what reviewers said about the change',
    },
  );
  if (!isBegun) return false;
  await addToCounters(query, order.id, { refinementCycles: 1 });
  await beginRun(query, deps, order, 'work', 'generating', { isForMessages: true });
  return true;
}
