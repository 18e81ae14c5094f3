// A run that waits for a provider goes on at once with another model, from the proposal on.
import { enqueueRun } from '../../durable/enqueue-run.ts';
import type { Query } from '../../store/database.ts';
import { openRunOf, updateRun } from '../../store/runs.ts';
import { toJson } from '../../store/storable.ts';
import { changeWorkOrder, type WorkOrder } from '../../store/work-orders.ts';

/** Without effect where no run waits: it goes on already. */
export async function switchModel(query: Query, order: WorkOrder, model: string, by: string): Promise<void> {
  const run = await openRunOf(query, order.id);
  if (run?.kind !== 'work' || (run.pausedBy === null && run.wakeAt === null)) return;
  await updateRun(query, run.id, {
    settings: toJson({ ...run.settings, model }),
    ...{ leg: run.leg + 1, pausedBy: null, pausedAt: null, waitingFor: null, wakeAt: null },
  });
  // What its agent was given names the model: it is given anew.
  const step = order.step === 'applying' || order.step === 'generating' ? 'generating' : order.step;
  await changeWorkOrder(
    query,
    order.id,
    { status: 'in_progress' },
    { step, stepState: 'running', changedBy: by, changedBecause: `goes on with ${model}` },
  );
  await enqueueRun(query, run.id, run.leg + 1);
}
