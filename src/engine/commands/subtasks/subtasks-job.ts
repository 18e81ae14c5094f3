// What follows for work orders and their sub-tasks from the end of the other one: the open sub-tasks of a cancelled work order
// are cancelled; and the story of a work order tells how each sub-task has ended, which gives back what it has not used.
// Each is a transaction of its own, so whoever ends a work order waits for no other one.
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Database, Query } from '../../../store/database.ts';
import {
  giveBack,
  hasSubtaskToTell,
  markTold,
  markToldOfCancel,
  subtasksOfCancelled,
  untoldSubtasks,
} from '../../../store/work/work-orders/subtasks.ts';
import { lockWorkOrder, recordEvent, requireWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { cancelIfOpen } from '../cancel.ts';
import type { SteeringDeps } from '../start-run.ts';

const everyMs = 5_000;
/** The others follow in the next turn. */
const perTurnMax = 100;
const actor = 'moose:subtasks';

export function subtasksJob(deps: SteeringDeps): PeriodicJob {
  return {
    name: 'subtasks',
    everyMs,
    due: hasSubtaskToTell,
    run: async (signal) => {
      await cancelSubtasks(deps, signal);
      await tellParents(deps, signal);
    },
  };
}

async function cancelSubtasks(deps: SteeringDeps, signal: AbortSignal): Promise<void> {
  const { database } = deps;
  const found = await database.run((query) => subtasksOfCancelled(query, perTurnMax), signal);
  for (const { id, isOpen } of found) {
    if (isOpen) await cancelIfOpen(deps, id, actor, 'its parent was cancelled');
    // Once: a person who continues it afterwards has decided about it.
    await database.run((query) => markToldOfCancel(query, id), signal);
  }
}

async function tellParents({ database }: { database: Database }, signal: AbortSignal): Promise<void> {
  const ids = await database.run((query) => untoldSubtasks(query, perTurnMax), signal);
  for (const id of ids) await database.transaction((query) => tellParent(query, id), signal);
}

async function tellParent(query: Query, id: WorkOrderId): Promise<void> {
  const { parentId } = await requireWorkOrder(query, id);
  if (parentId === null) return;
  await lockWorkOrder(query, parentId);
  const { title, status, toldParent, costNanoUsd } = await lockWorkOrder(query, id);
  // Another process has told it, or a person has continued it.
  const isEnded = status === 'completed' || status === 'failed' || status === 'cancelled';
  if (!isEnded || toldParent === status) return;
  const backNanoUsd = await giveBack(query, id);
  await markTold(query, { id, status });
  const amounts = { costNanoUsd: costNanoUsd.toString(), backNanoUsd: backNanoUsd.toString() };
  const detail = { id, title, status, ...amounts };
  await recordEvent(query, { workOrderId: parentId, kind: 'subtask.ended', actor, detail });
}
