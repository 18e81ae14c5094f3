import type { Step } from '../../domain/transitions.ts';
import { waitedForGroupUntil } from '../../store/work/groups/groups.ts';
import { heldMsOf } from '../../store/work/work-orders/work-orders.ts';
import type { RecoveryContext } from '../recovery/error-recovery-manager.ts';
import { retriesOf, waitedMsOf } from './step-history.ts';
import type { Work } from './work.ts';

/** Only the model is stopped (R-BUD-12): its agent goes on with another one. */
export const modelStopped = 'AGENT_MODEL_STOPPED';

/** What the recovery table and its limits need to know about this work order at this step. */
export async function recoveryContext(
  work: Work,
  step: Step,
  code: string,
  { hasFallback = false }: { hasFallback?: boolean } = {},
): Promise<RecoveryContext> {
  const { order, settings } = work;
  if (step === 'awaiting_ci') throw new TypeError('Moose runs nothing while CI runs');
  const isLast = step === 'tracking';
  return {
    // Only its model is stopped, not the agent.
    component: code === modelStopped ? 'model' : step,
    retries: retriesOf(work.run, step, code),
    pauses: work.run.pauses,
    hasWaited: waitedMsOf(work.run, step, work.clock.now()) >= settings.returnMsMax,
    hasFallback,
    // The work is done: its result waits for the database, however long that takes.
    recoveries: isLast ? [] : order.recoveries,
    retryBudget: isLast ? null : order.retryBudget,
    deadlineAt: isLast ? Number.POSITIVE_INFINITY : (await countsFromMs(work)) + settings.recoveryMsMax,
  };
}

/** Time in which a person paused the work order, or it waited for others of its group, does not count. */
function countsFromMs({ database, order, run, clock, signal }: Work): Promise<number> {
  return database.run(async (query) => {
    const waitedUntil = await waitedForGroupUntil(query, order.id);
    const since = waitedUntil !== null && waitedUntil > run.createdAt ? waitedUntil : run.createdAt;
    return since.getTime() + (await heldMsOf(query, order.id, { since, until: clock.now() }));
  }, signal);
}
