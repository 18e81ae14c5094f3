// What follows the end of a step: the next step, or another cycle. Each is one transaction.
import type { RunStep, Step } from '../../domain/transitions.ts';
import { defaultRetryBudget, payBack } from '../../resilience/retry-budget.ts';
import type { Query } from '../../store/database.ts';
import { markRecovered } from '../../store/failures/error-events.ts';
import { toJson } from '../../store/storable.ts';
import { saveStepResult } from '../../store/work/runs.ts';
import { changeWorkOrder, markProgress, recordEvent } from '../../store/work/work-orders.ts';
import { leaveOutages } from '../recovery/outage.ts';
import { fenced, type GoesOn, type StepEnd, type Work } from '../run/work.ts';
import { failed } from './failed-step.ts';
import { beginningsOf } from './places.ts';

const nextStep: Record<Exclude<RunStep, 'tracking'>, Step> = {
  routing: 'preparing',
  preparing: 'generating',
  generating: 'applying',
  applying: 'verifying',
  verifying: 'creating_pr',
  creating_pr: 'tracking',
};

export async function advance(
  work: Work,
  step: Step,
  end: Extract<StepEnd, { end: 'done' }>,
  startedAt: Date,
): Promise<void> {
  if (step === 'tracking' || step === 'awaiting_ci') throw new TypeError(`Nothing comes after ${step}`);
  const next = nextStep[step];
  const { order, run, actor } = work;
  const change = { takeups: beginningsOf(next), stepAttempt: 0, pauses: 0, waitingFor: null, wakeAt: null };
  const write = async (query: Query) => {
    await saveStepResult(query, {
      runId: run.id,
      workOrderId: order.id,
      step,
      cycle: run.cycle,
      result: end.result,
      startedAt,
    });
    await end.also?.(query);
    await markRecovered(query, run.id, step);
    if (run.pauses > 0) await leaveOutages(query, order.id);
    const durationMs = work.clock.now().getTime() - startedAt.getTime();
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'step.finished',
      actor,
      detail: { step, cycle: run.cycle, durationMs },
    });
    let isProgress = false;
    for (const fact of end.facts ?? []) {
      const isNew = await recordEvent(query, {
        workOrderId: order.id,
        kind: 'progress',
        actor,
        detail: { fact },
        factKey: fact,
      });
      isProgress ||= isNew;
    }
    if (isProgress) await markProgress(query, order.id);
    // Zero rows mean that this transaction already succeeded, and is repeated because its answer was lost.
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress', step },
      {
        ...end.learned,
        ...paidBack(order),
        step: next,
        stepState: 'running',
        changedBy: actor,
        changedBecause: `${step} is done`,
      },
    );
  };
  await fenced(work, write, change);
}

/** A returned failure is handled like a thrown one; if it starts another cycle, the step's results are kept. */
export function refine(
  work: Work,
  step: Step,
  { failure, result }: Extract<StepEnd, { end: 'refine' }>,
  startedAt: Date,
): Promise<GoesOn> {
  return failed(work, step, failure, { result, startedAt });
}

/** A successful step restores a little of the retry budget that its retries used. */
function paidBack({ retryBudget }: Work['order']): { retryBudget?: string } {
  return retryBudget ? { retryBudget: toJson(payBack(defaultRetryBudget, retryBudget)) } : {};
}
