// Sends a change back to the Proposer because of its CI or its base branch: a new run that begins with the next cycle.
// Cycles are counted with all others of the work order, and never reset (R-SEN-3, R-PIPE-12).

import type { MooseError } from '../../../domain/failure.ts';
import type { RunId } from '../../../domain/ids.ts';
import type { Feedback } from '../../../domain/work-order/step-result.ts';
import type { RunSettings } from '../../../domain/work-order/work-order.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Query } from '../../../store/database.ts';
import { toJson } from '../../../store/storable.ts';
import { addToCounters, markWasted, openRunOf, saveStepResult } from '../../../store/work/runs/runs.ts';
import { changeWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { beginRun } from '../../commands/start-run.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { recordFailure } from '../../errors/record-failure.ts';

export interface SentBack {
  failure: MooseError;
  because: string;
  actor: string;
  /** For the next prompt; absent if the run itself finds out what to do. */
  feedback?: Feedback;
  /** Whether it counts as a refinement cycle. */
  isCharged: boolean;
}

/**
 * Call this in the transaction of the decision, for a work order that waits for CI. Undefined if it no longer waits, or
 * a person has paused it.
 */
export async function sendBack(
  query: Query,
  { clock }: { clock: Clock },
  order: WorkOrder,
  last: { id: RunId; cycle: number; settings: RunSettings },
  { failure, because, actor, feedback, isCharged }: SentBack,
): Promise<RunId | undefined> {
  if (order.heldBy !== null || order.parkedAt !== null || order.cancelRequestedAt !== null) return undefined;
  if (await openRunOf(query, order.id)) return undefined;
  const isBegun = await changeWorkOrder(
    query,
    order.id,
    { status: 'in_progress', step: 'awaiting_ci', run: order.run },
    {
      step: 'generating',
      stepState: 'running',
      run: order.run + 1,
      failureClass: failure.failureClass,
      failure: toJson({ code: failure.code, message: failure.message, advice: failure.advice ?? '' }),
      changedBy: actor,
      changedBecause: because,
    },
  );
  if (!isBegun) return undefined;
  if (feedback)
    await saveStepResult(query, {
      runId: last.id,
      workOrderId: order.id,
      step: 'awaiting_ci',
      cycle: last.cycle,
      result: { feedback },
      startedAt: clock.now(),
    });
  await recordFailure(query, failure, {
    workOrderId: order.id,
    runId: last.id,
    step: 'awaiting_ci',
    attempt: order.refinementCycles + 1,
    strategy: 'refine',
  });
  if (isCharged) {
    await addToCounters(query, order.id, { refinementCycles: 1 });
    await markWasted(query, order.id);
  }
  await logDecision(query, {
    workOrderId: order.id,
    kind: 'refinement_cycle',
    agentType: 'sentinel',
    input: {
      step: 'awaiting_ci',
      code: failure.code,
      failureClass: failure.failureClass,
      message: failure.message,
    },
    output: { cycle: order.refinementCycles + (isCharged ? 1 : 0), of: order.refinementCyclesMax, because },
  });
  const { agent, model, note } = last.settings;
  const settings: RunSettings = {
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
    ...(note === undefined ? {} : { note, isNoteKept: true }),
  };
  return beginRun(query, { clock }, order, 'work', 'generating', settings);
}
