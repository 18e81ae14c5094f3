// A person cancels a work order. A running work order is notified and stops itself; others are cancelled here.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { isHuman } from '../../domain/people/person.ts';
import { isFinished } from '../../domain/transitions.ts';
import { announceRun, enqueueRun } from '../../durable/enqueue-run.ts';
import type { Query } from '../../store/database.ts';
import { databaseNow } from '../../store/database-now.ts';
import { ringForCancel } from '../../store/live/listen.ts';
import { stopFollowing } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { cancelRunOf } from '../../store/work/runs/run-ends.ts';
import { lockOpenRun, type Run, updateRun } from '../../store/work/runs/runs.ts';
import {
  changeWorkOrder,
  lockWorkOrder,
  recordEvent,
  type WorkOrder,
} from '../../store/work/work-orders/work-orders.ts';
import { resolveQuestion } from '../questions/resolve-question.ts';
import { commandFailures } from './failure-catalogue.ts';
import { assertNoRun, type SteeringDeps, tidyUp } from './start-run.ts';

/** `stopping`: the process that carries it out was notified and reacts within seconds. */
export function cancel(
  deps: SteeringDeps,
  order: WorkOrder,
  actor: string,
): Promise<'cancelled' | 'stopping'> {
  return deps.database.transaction(async (query) => {
    const what = await cancelIn(query, deps, order, actor);
    await resolveQuestion(query, order.id, { option: 'cancel', by: actor });
    return what;
  });
}

/**
 * For cancelling several work orders: one that has ended, is being cancelled or undone, or that only a person may stop,
 * is skipped.
 */
export function cancelIfOpen(
  deps: SteeringDeps,
  id: WorkOrder['id'],
  actor: string,
  because?: string,
): Promise<void> {
  return deps.database.transaction(async (query) => {
    const run = await lockOpenRun(query, id);
    const order = await lockWorkOrder(query, id);
    const isOver = isFinished(order.status) && order.status !== 'failed';
    const isForPeople = order.parkedAt !== null && !isHuman(actor);
    if (isOver || isForPeople || order.cancelRequestedAt !== null || run?.kind === 'undo') return;
    await cancelIn(query, deps, order, actor, because);
    await resolveQuestion(query, id, { option: 'cancel', by: actor });
  });
}

/** Like `cancel`, but in the caller's transaction, which also answers the question. */
export async function cancelIn(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  actor: string,
  because = isHuman(actor) ? 'cancelled by a person' : 'cancelled by a standing answer',
): Promise<'cancelled' | 'stopping'> {
  // The run is locked before its work order, in the same order as in its process: otherwise the run might start a wait
  // of hours at this moment.
  const run = await lockOpenRun(query, order.id);
  if (isFinished(order.status) && order.status !== 'failed') {
    throw commandFailures.WORK_ORDER_OVER('cancel', { id: shortId(order.id), status: order.status });
  }
  if (order.status !== 'in_progress' || (order.step === 'awaiting_ci' && !run)) {
    await cancelHere(query, deps, order, { actor, because });
    return 'cancelled';
  }
  const isTold = await changeWorkOrder(
    query,
    order.id,
    { status: 'in_progress' },
    { cancelRequestedAt: await databaseNow(query), changedBy: actor, changedBecause: 'cancel' },
  );
  if (!isTold) throw hasChanged(order);
  await recordEvent(query, { workOrderId: order.id, kind: 'cancel.requested', actor });
  await ringForCancel(query, order.id);
  if (run) await wake(query, run);
  return 'stopping';
}

async function cancelHere(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  { actor, because }: { actor: string; because: string },
): Promise<void> {
  if (order.status !== 'pending') await assertNoRun(query, order, 'cancelled');
  const now = deps.clock.now();
  const isCancelled = await changeWorkOrder(
    query,
    order.id,
    { status: order.status },
    {
      status: 'cancelled',
      stepState: 'done',
      finishedAt: now,
      changedBy: actor,
      changedBecause: because,
    },
  );
  if (!isCancelled) throw hasChanged(order);
  await stopFollowing(query, order.id);
  await cancelRunOf(query, order.id, now);
  if (order.status === 'needs_review') await tidyUp(query, deps, order, actor);
}

function hasChanged({ id }: WorkOrder): PermanentError {
  return commandFailures.WORK_ORDER_CHANGED('cancel', { id: shortId(id) });
}

/** No process carries out a run that waits for a retry or is paused, so it is queued immediately. */
export async function wake(query: Query, run: Run): Promise<void> {
  if (run.wakeAt === null) return announceRun(query, run.id);
  await updateRun(query, run.id, { leg: run.leg + 1 });
  await enqueueRun(query, run.id);
}
