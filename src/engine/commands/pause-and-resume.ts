// A person pauses and resumes a work order. The current step finishes normally. Then its process releases the run
// (`pipeline/suspend.ts`), and the run holds no slot and no process.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { isHuman, personOf } from '../../domain/people/person.ts';
import { announceRun } from '../../durable/enqueue-run.ts';
import type { Query } from '../../store/database.ts';
import { lookAtQueued } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { lockOpenRun } from '../../store/work/runs/runs.ts';
import {
  changeWorkOrder,
  lockWorkOrder,
  recordEvent,
  type WorkOrder,
} from '../../store/work/work-orders/work-orders.ts';
import { commandFailures } from './failure-catalogue.ts';
import type { SteeringDeps } from './start-run.ts';
import { awaitsApproval } from './why-not.ts';

/** Idempotent: the name of the person who paused it first stays. @throws NOTHING_TO_PAUSE */
export async function pause(
  { database, clock }: SteeringDeps,
  { id }: WorkOrder,
  actor: string,
  because?: string,
): Promise<void> {
  await database.transaction(async (query) => {
    const order = await lockWorkOrder(query, id);
    if (order.heldBy !== null) return;
    const refusal = refusalToPause(order);
    if (refusal) throw refusal;
    await hold(query, order, { actor, because, at: clock.now() });
  });
}

/** For pausing several work orders with one timestamp: one that cannot be paused, or is paused already, is skipped. */
export async function pauseIfOpen(
  { database, clock }: SteeringDeps,
  id: WorkOrder['id'],
  actor: string,
  because: string,
  at = clock.now(),
): Promise<void> {
  await database.transaction(async (query) => {
    const order = await lockWorkOrder(query, id);
    if (order.heldBy === null && !refusalToPause(order)) await hold(query, order, { actor, because, at });
  });
}

async function hold(
  query: Query,
  { id, status }: WorkOrder,
  { actor, because, at }: { actor: string; because: string | undefined; at: Date },
): Promise<void> {
  const change = { heldBy: actor, heldAt: at, changedBy: actor, changedBecause: 'paused' };
  await changeWorkOrder(query, id, { status }, change);
  await lookAtQueued(query, id);
  const reason = said(actor, because);
  await recordEvent(query, { workOrderId: id, kind: 'pause.requested', actor, reason });
}

/**
 * A released run immediately continues where it stopped; a run that a process still carries out, or that waits,
 * continues automatically. Resuming a work order that is not paused succeeds.
 * @throws PAUSE_NOT_YOURS
 */
export async function resume(
  { database }: SteeringDeps,
  { id }: WorkOrder,
  actor: string,
  because?: string,
): Promise<void> {
  await database.transaction(async (query) => {
    // Locks the run before its work order, in the same order as the process that carries it out.
    const run = await lockOpenRun(query, id);
    const { heldBy } = await lockWorkOrder(query, id);
    if (heldBy === null) return;
    if (isHuman(heldBy) && !isHuman(actor)) throw notYours(id, heldBy);
    const change = { heldBy: null, heldAt: null, changedBy: actor, changedBecause: 'resumed' };
    await changeWorkOrder(query, id, {}, change);
    await recordEvent(query, { workOrderId: id, kind: 'resumed', actor, reason: said(actor, because) });
    if (run?.kind === 'work') await announceRun(query, run.id);
  });
}

const said = (actor: string, because = ''): string =>
  because.trim() === '' ? `by ${personOf(actor)}` : `by ${personOf(actor)}: ${because.trim()}`;

function refusalToPause(order: WorkOrder): PermanentError | undefined {
  const id = shortId(order.id);
  const fields = { operation: 'pause' };
  if (order.status !== 'pending' && order.status !== 'in_progress') {
    return commandFailures.NOTHING_TO_PAUSE(fields, { id, status: order.status.replace('_', ' ') });
  }
  if (awaitsApproval(order)) {
    return commandFailures.NOTHING_TO_PAUSE_BEFORE_APPROVAL(fields, { id });
  }
  if (order.cancelRequestedAt === null) return undefined;
  return commandFailures.NOTHING_TO_PAUSE_WHILE_CANCELLED(fields, { id });
}

function notYours(id: WorkOrder['id'], heldBy: string): PermanentError {
  return commandFailures.PAUSE_NOT_YOURS('resume', { heldBy: personOf(heldBy), id: shortId(id) });
}
