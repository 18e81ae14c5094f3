// Applies a person's pause to a run: the run is released between two steps and holds neither a slot nor a process until
// it is resumed. It keeps its envelope, including the part that has not been drawn yet.
import type { Query } from '../../store/database.ts';
import { type Run, refundStart, updateRun } from '../../store/work/runs/runs.ts';
import {
  hasOpenSession,
  type SessionRow,
  standingOfSession,
} from '../../store/work/sessions/session-rows.ts';
import {
  lockWorkOrder,
  recordEvent,
  type WorkOrder,
  workOrderById,
} from '../../store/work/work-orders/work-orders.ts';
import { fenced, type Work } from '../run/work.ts';
import { isHeavy } from './work-slots.ts';

/** Nothing new may start, because a person paused the work: this is not a failure, and nothing is counted. */
export class PausedByPerson extends Error {
  constructor() {
    super('A person paused the work order');
    this.name = 'PausedByPerson';
  }
}

/** A cancelled work order is ended, even if it is paused. */
export function isPaused({
  heldBy,
  cancelRequestedAt,
}: Pick<WorkOrder, 'heldBy' | 'cancelRequestedAt'>): boolean {
  return heldBy !== null && cancelRequestedAt === null;
}

/** False if it was resumed meanwhile: then the run continues in this process. */
export function suspend(work: Work): Promise<boolean> {
  const { run, actor } = work;
  return fenced(work, async (query) => {
    const isDown = await suspendIn(query, run, actor);
    // Reverts the counters: the next step was counted as started, but does not start.
    if (isDown) await refundStart(query, run.id);
    return isDown;
  });
}

/**
 * Call this in the transaction that takes up the run: false if it is not paused, or if one of its processes is still
 * running.
 */
export async function suspendIdle(query: Query, run: Run, actor: string): Promise<boolean> {
  const { step } = await lockWorkOrder(query, run.workOrderId);
  // At any other step, a session that looks open is only a leftover, and there is nothing to watch.
  const hasProcess = step !== null && isHeavy(step) && (await hasOpenSession(query, run.id));
  return !hasProcess && suspendIn(query, run, actor);
}

/** Call this in a transaction that has locked the run. `resume` starts the leg, which has no message yet. */
async function suspendIn(query: Query, run: Run, actor: string): Promise<boolean> {
  const order = await lockWorkOrder(query, run.workOrderId);
  if (!isPaused(order)) return false;
  await updateRun(query, run.id, { leg: run.leg + 1, executor: null, waitingFor: null, wakeAt: null });
  const reason = order.step === null ? 'before it started' : `at ${order.step}`;
  await recordEvent(query, { workOrderId: order.id, kind: 'suspended', actor, reason });
  return true;
}

/** @throws PausedByPerson before a process is started; a process that already runs is adopted and watched to its end */
export async function assertNotHeld({ database, order, signal }: Work): Promise<void> {
  const now = await database.run((query) => workOrderById(query, order.id), signal);
  if (now && isPaused(now)) throw new PausedByPerson();
}

/**
 * Like `assertNotHeld`, for a session that may already have started.
 * @returns whether the end of any agent or check of the work order is not recorded
 */
export async function assertMayBegin(
  work: Work,
  session: Pick<SessionRow, 'purpose' | 'name' | 'attempt'>,
): Promise<boolean> {
  const { run, order, database, signal } = work;
  const named = { ...session, runId: run.id, cycle: run.cycle };
  const now = await database.run((query) => standingOfSession(query, order.id, named), signal);
  if (now && !now.hasSession && isPaused(now)) throw new PausedByPerson();
  return Boolean(now?.hasOpen);
}
