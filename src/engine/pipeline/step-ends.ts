// What follows the end of a step: the next step, or another cycle. Each in one transaction.
import type { MooseError } from '../../domain/failure.ts';
import type { Step } from '../../domain/transitions.ts';
import { defaultRetryBudget, payBack } from '../../resilience/retry-budget.ts';
import type { Query } from '../../store/database.ts';
import { markRecovered } from '../../store/failures/error-events.ts';
import { toJson } from '../../store/storable.ts';
import { addToCounters, markWasted, saveStepResult, updateRun } from '../../store/work/runs.ts';
import { changeWorkOrder, markProgress, recordEvent } from '../../store/work/work-orders.ts';
import { logDecision } from '../errors/log-decision.ts';
import { recordFailure } from '../errors/record-failure.ts';
import { leaveOutages } from '../recovery/outage.ts';
import { fenced, type GoesOn, type StepEnd, type Work } from '../run/work.ts';
import { pauseEarly } from '../watch/pause-early.ts';
import { endInReview } from './end-run.ts';
import { failed, recoveryContext } from './failed-step.ts';
import { beginningsOf } from './places.ts';

const nextStep: Record<Exclude<Step, 'tracking' | 'awaiting_ci'>, Step> = {
  routing: 'generating',
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
    // Zero rows: a transaction whose answer was lost is repeated, and had succeeded.
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

export async function refine(
  work: Work,
  step: Step,
  end: Extract<StepEnd, { end: 'refine' }>,
  startedAt: Date,
): Promise<GoesOn> {
  const { order, run } = work;
  const decision = work.recovery.handleError(end.failure, await recoveryContext(work, step));
  if (decision.act !== 'refine') return failed(work, step, end.failure);
  const cyclesLeft = order.refinementCyclesMax - order.refinementCycles;
  const stopped = await fenced(work, async (query) => {
    const { result } = end;
    const owner = { runId: run.id, workOrderId: order.id };
    await saveStepResult(query, { ...owner, step, cycle: run.cycle, result, startedAt });
    await markWasted(query, order.id);
    const why = await whyNotAgain(query, work, cyclesLeft);
    await recordFailure(query, end.failure, {
      ...owner,
      step,
      attempt: run.cycle + 1,
      strategy: why === null ? 'refine' : 'escalate',
    });
    if (why === null) await beginCycle(query, work, step, end.failure, decision.because);
    return why;
  });
  work.reached(`${step}:refined`, work.run.id);
  if (stopped === null) return 'go on';
  await endInReview(work, end.failure, stopped, { isExhausted: cyclesLeft <= 0 });
  return 'stop';
}

/** Null: another cycle may bring something new, and one is left. */
async function whyNotAgain(
  query: Query,
  { order, run, clock, settings: { equalFailuresMax } }: Work,
  cyclesLeft: number,
): Promise<string | null> {
  if (cyclesLeft <= 0) return `${order.refinementCycles} refinement cycles did not help`;
  const soFar = { workOrderId: order.id, runId: run.id, cyclesLeft, equalFailuresMax };
  return pauseEarly(query, soFar, clock.now());
}

async function beginCycle(
  query: Query,
  work: Work,
  step: Step,
  failure: MooseError,
  because: string,
): Promise<void> {
  const { order, run, actor } = work;
  await addToCounters(query, order.id, { refinementCycles: 1 });
  const takeups = beginningsOf('generating');
  await updateRun(query, run.id, { cycle: run.cycle + 1, stepAttempt: 0, pauses: 0, takeups });
  await logDecision(query, {
    workOrderId: order.id,
    kind: 'refinement_cycle',
    agentType: 'proposer',
    input: { step, code: failure.code, failureClass: failure.failureClass, message: failure.message },
    output: { cycle: run.cycle + 1, of: order.refinementCyclesMax, because },
  });
  await changeWorkOrder(
    query,
    order.id,
    { status: 'in_progress', step },
    {
      step: 'generating',
      stepState: 'running',
      failureClass: failure.failureClass,
      changedBy: actor,
      changedBecause: failure.message,
    },
  );
}

/** A successful step pays back a little of what its retries cost. */
function paidBack({ retryBudget }: Work['order']): { retryBudget?: string } {
  return retryBudget ? { retryBudget: toJson(payBack(defaultRetryBudget, retryBudget)) } : {};
}
