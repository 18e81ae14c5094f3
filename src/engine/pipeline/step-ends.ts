// What follows a step's end: the next step, another cycle, another try, or a question to a human. Each in one transaction.
import type { MooseError } from '../../domain/failure.ts';
import type { Step } from '../../domain/transitions.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import { withJitter } from '../../resilience/backoff.ts';
import { sleep } from '../../stdx/sleep.ts';
import type { Query } from '../../store/database.ts';
import { logDecision } from '../../store/decisions.ts';
import { addToCounters, saveStepResult, updateRun } from '../../store/runs.ts';
import { storableText } from '../../store/storable.ts';
import { changeWorkOrder, markProgress, recordEvent } from '../../store/work-orders.ts';
import { decideRecovery, type RecoveryDecision } from '../recovery/policy.ts';
import { recordFailure, toMooseError } from '../recovery/record-failure.ts';
import { endInReview } from './end-run.ts';
import { beginningsOf } from './places.ts';
import { fenced, type StepEnd, type Work } from './work.ts';

const nextStep: Record<Exclude<Step, 'tracking' | 'awaiting_ci'>, Step> = {
  routing: 'generating',
  generating: 'applying',
  applying: 'verifying',
  verifying: 'creating_pr',
  creating_pr: 'tracking',
};

/** A shorter wait is spent here; a longer one is durable, and holds nothing. */
const waitHereMsMax = 2_000;

/** Whether the run has another step to take now, in this process. */
export type GoesOn = 'go on' | 'stop';

export async function advance(
  work: Work,
  step: Step,
  end: Extract<StepEnd, { end: 'done' }>,
  startedAt: Date,
): Promise<void> {
  if (step === 'tracking' || step === 'awaiting_ci') throw new TypeError(`Nothing comes after ${step}`);
  const next = nextStep[step];
  const { order, run, actor } = work;
  const change = { takeups: beginningsOf(next), stepAttempt: 0, waitingFor: null, wakeAt: null };
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
    // Zero rows: a transaction whose answer was lost is being repeated, and had been made.
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress', step },
      {
        ...end.learned,
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
  const decision = decideRecovery(work.settings.recovery, step, end.failure, run.stepAttempt);
  if (decision.act === 'retry') return failed(work, step, end.failure);
  const isLeft = order.refinementCycles < order.refinementCyclesMax;
  const isRefined = decision.act === 'refine' && isLeft;
  await fenced(work, async (query) => {
    const { result } = end;
    const owner = { runId: run.id, workOrderId: order.id };
    await saveStepResult(query, { ...owner, step, cycle: run.cycle, result, startedAt });
    const strategy = isRefined ? 'refine' : 'escalate';
    await recordFailure(query, end.failure, {
      workOrderId: order.id,
      step,
      attempt: run.cycle + 1,
      strategy,
    });
    if (isRefined) await beginCycle(query, work, step, end.failure, decision.because);
  });
  work.reached(`${step}:refined`, work.run.id);
  if (isRefined) return 'go on';
  const because = isLeft ? decision.because : `${order.refinementCycles} refinement cycles did not help`;
  await endInReview(work, end.failure, because);
  return 'stop';
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
  await updateRun(query, run.id, { cycle: run.cycle + 1, stepAttempt: 0, takeups });
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

export async function failed(work: Work, step: Step, cause: unknown): Promise<GoesOn> {
  const failure = toMooseError(cause, 'pipeline', step);
  const { order, run } = work;
  const decision = decideRecovery(work.settings.recovery, step, failure, run.stepAttempt);
  work.logger.warn(
    { workOrderId: order.id, step, code: failure.code, err: failure, decision: decision.act },
    failure.message,
  );
  await fenced(work, (query) =>
    recordFailure(query, failure, {
      workOrderId: order.id,
      step,
      attempt: run.stepAttempt + 1,
      strategy: decision.act,
    }),
  );
  if (decision.act !== 'retry') {
    await endInReview(work, failure, decision.because);
    return 'stop';
  }
  return retryLater(work, step, failure, decision);
}

async function retryLater(
  work: Work,
  step: Step,
  failure: MooseError,
  decision: Extract<RecoveryDecision, { act: 'retry' }>,
): Promise<GoesOn> {
  const { order, run, actor } = work;
  const delayMs = withJitter(decision.delayMs, work.random);
  const isDurable = delayMs > waitHereMsMax;
  const change = {
    stepAttempt: run.stepAttempt + 1,
    waitingFor: storableText(failure.message),
    wakeAt: new Date(work.clock.now().getTime() + delayMs),
    // Whoever takes up the next leg counts that beginning.
    ...(isDurable ? { leg: run.leg + 1 } : { takeups: run.takeups + beginningsOf(step) }),
  };
  const write = async (query: Query) => {
    await logDecision(query, {
      workOrderId: order.id,
      kind: 'retry',
      agentType: 'recovery',
      input: { step, code: failure.code, category: failure.category, retries: run.stepAttempt },
      output: { delayMs: Math.round(delayMs), because: decision.because },
    });
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        stepState: 'retrying',
        failureClass: failure.failureClass,
        changedBy: actor,
        changedBecause: failure.message,
      },
    );
    if (isDurable) await enqueueRun(query, run.id, run.leg + 1, delayMs);
  };
  await fenced(work, write, change);
  if (isDurable) return 'stop';
  await sleep(delayMs, work.signal);
  return 'go on';
}
