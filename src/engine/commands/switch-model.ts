// A run that waits for a provider immediately continues with another model, starting with the proposal.
import { enqueueRun } from '../../durable/enqueue-run.ts';
import type { Query } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { lockOpenRun, updateRun } from '../../store/work/runs/runs.ts';
import { changeWorkOrder, lockWorkOrder, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';

/** No effect if no run waits. A work order that a person paused continues when it is resumed. */
export async function switchModel(
  query: Query,
  { id }: Pick<WorkOrder, 'id'>,
  model: string,
  by: string,
): Promise<void> {
  const run = await lockOpenRun(query, id);
  if (run?.kind !== 'work') return;
  const order = await lockWorkOrder(query, id);
  const isWaiting = run.pausedBy !== null || run.wakeAt !== null;
  const isLaidDown = run.executor === null && order.heldBy !== null;
  if (!isWaiting && !isLaidDown) return;
  await updateRun(query, run.id, { settings: toJson({ ...run.settings, model }) });
  // The agent's input contains the name of the model, so it is written again.
  const step = order.step === 'applying' || order.step === 'generating' ? 'generating' : order.step;
  await changeWorkOrder(
    query,
    order.id,
    { status: 'in_progress' },
    { step, stepState: 'running', changedBy: by, changedBecause: `continues with ${model}` },
  );
  if (!isWaiting) return;
  await updateRun(query, run.id, { leg: run.leg + 1, pausedBy: null, pausedAt: null, waitingFor: null });
  await enqueueRun(query, run.id);
}
