// What follows the end of a step: the next step, or another cycle. Each is one transaction.
import type { RunStep, Step } from '../../domain/transitions.ts';
import { defaultRetryBudget, payBack } from '../../resilience/retry-budget.ts';
import type { Query } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { recordFinishedStep } from '../../store/work/finished-step.ts';
import type { Run } from '../../store/work/runs.ts';
import { changedWorkOrder, sinceProgress } from '../../store/work/work-orders.ts';
import { leaveOutages } from '../recovery/outage.ts';
import { handOverResults } from '../run/step-results.ts';
import { fenced, type GoesOn, type StepEnd, type Work } from '../run/work.ts';
import { failed } from './failed-step.ts';
import { startsOf } from './places.ts';

const nextStep: Record<Exclude<RunStep, 'tracking'>, Step> = {
  routing: 'preparing',
  preparing: 'generating',
  generating: 'applying',
  applying: 'verifying',
  verifying: 'creating_pr',
  creating_pr: 'tracking',
};

/**
 * Returns the run at its next step, as this transaction left it; undefined if it has to be read, because the transaction
 * had already succeeded, and was repeated after a lost answer.
 */
export async function advance(
  work: Work,
  step: Step,
  end: Extract<StepEnd, { end: 'done' }>,
  startedAt: Date,
): Promise<Work | undefined> {
  if (step === 'tracking' || step === 'awaiting_ci') throw new TypeError(`Nothing comes after ${step}`);
  const next = nextStep[step];
  const { order, run, actor } = work;
  const change = { starts: startsOf(next), stepAttempt: 0, pauses: 0, waitingFor: null, wakeAt: null };
  const write = async (query: Query, held: Run) => {
    await end.also?.(query);
    if (run.pauses > 0) await leaveOutages(query, order.id);
    const { isProgress, stored } = await recordFinishedStep(query, {
      runId: run.id,
      workOrderId: order.id,
      step,
      cycle: run.cycle,
      result: end.result,
      startedAt,
      actor,
      durationMs: work.clock.now().getTime() - startedAt.getTime(),
      facts: end.facts ?? [],
    });
    const advanced = await changedWorkOrder(
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
      isProgress ? sinceProgress : {},
    );
    return advanced && stored && { run: held, order: advanced, stored };
  };
  const left = await fenced(work, write, change);
  if (!left) return undefined;
  const advanced = { ...work, run: left.run, order: left.order };
  await handOverResults(work, advanced, [step, left.stored]);
  return advanced;
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
