// A person approves a work order that waits for approval: its first run is created and queued in the same transaction.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { isHuman, personOf } from '../../domain/people/person.ts';
import { idsOfGroup } from '../../store/work/groups/groups.ts';
import {
  changeWorkOrder,
  lockWorkOrder,
  recordEvent,
  type WorkOrder,
} from '../../store/work/work-orders/work-orders.ts';
import { commandFailures } from './failure-catalogue.ts';
import type { SteeringDeps } from './start-run.ts';
import { startFirstRun } from './submit/submit.ts';
import { workOrderOver } from './work-order-over.ts';

/** Idempotent. @throws APPROVAL_NOT_YOURS, APPROVAL_NOT_NEEDED, WORK_ORDER_OVER */
export async function approve(
  { database, clock }: SteeringDeps,
  { id }: WorkOrder,
  actor: string,
  because?: string,
): Promise<void> {
  await database.transaction(async (query) => {
    const now = clock.now();
    const reason = `by ${personOf(actor)}${because?.trim() ? `: ${because.trim()}` : ''}`;
    // The candidates of one piece of work, and the members of a joint change, are approved together. Their rows are always locked in the same order.
    for (const each of await idsOfGroup(query, id)) {
      const order = await lockWorkOrder(query, each);
      if (!order.needsApproval) throw notNeeded(order);
      if (!isHuman(actor)) throw notYours(order);
      if (order.approvedAt !== null || (each !== id && order.status !== 'pending')) continue;
      if (order.status !== 'pending') throw workOrderOver(order, 'approve');
      const change = { approvedBy: actor, approvedAt: now, changedBy: actor, changedBecause: 'approved' };
      await changeWorkOrder(query, each, { status: 'pending' }, change);
      await recordEvent(query, { workOrderId: each, kind: 'approved', actor, reason });
      await startFirstRun(query, each, now);
    }
  });
}

const fields = { operation: 'approve' };

function notNeeded({ id }: WorkOrder): PermanentError {
  return commandFailures.APPROVAL_NOT_NEEDED(fields, { id: shortId(id) });
}

function notYours({ id }: WorkOrder): PermanentError {
  return commandFailures.APPROVAL_NOT_YOURS(fields, { id: shortId(id) });
}
