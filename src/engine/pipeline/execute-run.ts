// Carries a run from the step where it stands as far as it goes: step after step, each stored before the next begins.
import { assertNever } from '../../stdx/assert-never.ts';
import { sleep } from '../../stdx/sleep.ts';
import type { RunId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import { enqueueRun } from '../../durable/engine.ts';
import type { Slots } from '../../durable/slots.ts';
import { withJitter } from '../../resilience/backoff.ts';
import { presumeOpenCalls } from '../../store/costs.ts';
import { logDecision } from '../../store/decisions.ts';
import { projectById } from '../../store/projects.ts';
import { addToCounters, claimRun, FenceLostError, runById, saveStepResult, updateRun } from '../../store/runs.ts';
import { storableText } from '../../store/storable.ts';
import { changeWorkOrder, recordEvent, workOrderById } from '../../store/work-orders.ts';
import { decideRecovery } from '../recovery/policy.ts';
import { recordFailure, toMooseError } from '../recovery/record-failure.ts';
import { applying } from './applying.ts';
import { CancelRequested } from './cancel.ts';
import { creatingPr } from './creating-pr.ts';
import { endCancelled, endInReview, takeUpsExhausted } from './end-run.ts';
import { generating } from './generating.ts';
import { countBeginning } from './places.ts';
import { routing } from './routing.ts';
import { tracking } from './tracking.ts';
import { undoRun } from './undo-run.ts';
import { verifying } from './verifying.ts';
import { fenced, type PipelineDeps, type StepEnd, type StepTable, type Work } from './work.ts';

const stepTable: StepTable = { routing, generating, applying, verifying, creating_pr: creatingPr, tracking };

const nextStep: Record<Exclude<Step, 'tracking' | 'awaiting_ci'>, Step> = {
  routing: 'generating',
  generating: 'applying',
  applying: 'verifying',
  verifying: 'creating_pr',
  creating_pr: 'tracking',
};

/** A shorter wait is spent here; a longer one is durable, and holds nothing. */
const waitHereMsMax = 2_000;

export interface Host {
  executorId: string;
  slots: Slots;
}

/** Rejects with the signal's reason alone; every other end is in the database. */
export async function executeRun(deps: PipelineDeps, runId: RunId, host: Host, signal: AbortSignal): Promise<void> {
  const claimed = await deps.database.transaction(async (query) => {
    const run = await claimRun(query, runId, host.executorId);
    if (!run) return undefined;
    const presumed = await presumeOpenCalls(query, run.id);
    if (presumed > 0n) await addToCounters(query, run.workOrderId, { costNanoUsd: presumed, modelCalls: 1 });
    return run;
  }, signal);
  if (!claimed) return;
  try {
    const first = await look(deps, runId, claimed.fence, host, signal);
    if (!first) return;
    if (first.run.kind === 'undo') return await undoRun(first);
    if (first.run.takeups >= deps.settings.takeupsMax) return await endInReview(first, takeUpsExhausted(first));
    if (first.order.status === 'pending') await begin(first);
    for (;;) {
      const work = await look(deps, runId, claimed.fence, host, signal);
      if (!work) return;
      if (work.order.cancelRequestedAt) return await endCancelled(work);
      if ((await oneStep(work)) === 'stop') return;
    }
  } catch (cause) {
    // Somebody else carries the run now: what this process still wanted does not count.
    if (cause instanceof FenceLostError) return;
    if (signal.reason instanceof CancelRequested) {
      const work = await look(deps, runId, claimed.fence, host, new AbortController().signal);
      return work ? endCancelled(work) : undefined;
    }
    throw cause;
  }
}

/** The run and its work order as they stand; undefined when the run is over, or another process carries it. */
async function look(deps: PipelineDeps, runId: RunId, fence: number, host: Host, signal: AbortSignal): Promise<Work | undefined> {
  return deps.database.run(async (query) => {
    const run = await runById(query, runId);
    if (!run || run.state !== 'running' || run.fence !== fence) return undefined;
    const order = await workOrderById(query, run.workOrderId);
    if (!order) return undefined;
    const project = await projectById(query, order.projectId);
    return { ...deps, run, order, project, slots: host.slots, signal, actor: `moose:${host.executorId}` };
  }, signal);
}

async function begin(work: Work): Promise<void> {
  await fenced(work, (query) =>
    changeWorkOrder(
      query,
      work.order.id,
      { status: 'pending' },
      { status: 'in_progress', step: work.run.firstStep ?? 'routing', stepState: 'running', changedBy: work.actor, changedBecause: 'taken up' },
    ),
  );
}

async function oneStep(work: Work): Promise<'go on' | 'stop'> {
  const { step } = work.order;
  if (step === null || step === 'awaiting_ci') throw new TypeError(`A run stands at the step ${step}`);
  await markRunning(work);
  // The heavy steps count when they have a place.
  if (step !== 'applying' && step !== 'verifying') await countBeginning(work);
  work.reached(`${step}:begin`, work.run.id);
  const startedAt = work.clock.now();
  let end: StepEnd;
  try {
    end = await stepTable[step](work);
  } catch (cause) {
    if (work.signal.aborted || cause instanceof FenceLostError) throw cause;
    return failed(work, step, cause);
  }
  switch (end.end) {
    case 'over':
      return 'stop';
    case 'done':
      await advance(work, step, end, startedAt);
      work.reached(`${step}:end`, work.run.id);
      return 'go on';
    case 'refine':
      return refine(work, step, end, startedAt);
    default:
      return assertNever(end);
  }
}

async function markRunning(work: Work): Promise<void> {
  if (work.order.stepState === 'running') return;
  await fenced(work, (query) =>
    changeWorkOrder(query, work.order.id, { status: 'in_progress' }, { stepState: 'running', changedBy: work.actor, changedBecause: 'goes on' }),
  );
}

async function advance(work: Work, step: Step, end: Extract<StepEnd, { end: 'done' }>, startedAt: Date): Promise<void> {
  if (step === 'tracking' || step === 'awaiting_ci') throw new TypeError(`Nothing comes after ${step}`);
  const next = nextStep[step];
  const { order, run, actor } = work;
  await fenced(work, async (query) => {
    await saveStepResult(query, { runId: run.id, workOrderId: order.id, step, cycle: run.cycle, result: end.result, startedAt });
    await updateRun(query, run.id, { takeups: 0, stepAttempt: 0, waitingFor: null, wakeAt: null });
    const durationMs = work.clock.now().getTime() - startedAt.getTime();
    await recordEvent(query, { workOrderId: order.id, kind: 'step.finished', actor, detail: { step, cycle: run.cycle, durationMs } });
    for (const fact of end.facts ?? []) {
      await recordEvent(query, { workOrderId: order.id, kind: 'progress', actor, detail: { fact }, factKey: fact });
    }
    // Zero rows: a transaction whose answer was lost is being repeated, and had been made.
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress', step },
      { ...end.learned, step: next, stepState: 'running', changedBy: actor, changedBecause: `${step} is done` },
    );
  });
}

async function refine(work: Work, step: Step, end: Extract<StepEnd, { end: 'refine' }>, startedAt: Date): Promise<'go on' | 'stop'> {
  const { order, run, actor } = work;
  const decision = decideRecovery(work.settings.recovery, step, end.failure, run.stepAttempt);
  const isLeft = order.refinementCycles < order.refinementCyclesMax;
  if (decision.then === 'retry') return failed(work, step, end.failure);
  const isRefined = decision.then === 'refine' && isLeft;
  await fenced(work, async (query) => {
    await saveStepResult(query, { runId: run.id, workOrderId: order.id, step, cycle: run.cycle, result: end.result, startedAt });
    await recordFailure(query, end.failure, { workOrderId: order.id, step, attempt: run.cycle + 1, strategy: isRefined ? 'refine' : 'escalate' });
    if (!isRefined) return;
    await addToCounters(query, order.id, { refinementCycles: 1 });
    await updateRun(query, run.id, { cycle: run.cycle + 1, stepAttempt: 0, takeups: 0 });
    await logDecision(query, {
      workOrderId: order.id,
      kind: 'refinement_cycle',
      agentType: 'proposer',
      input: { step, code: end.failure.code, failureClass: end.failure.failureClass, message: end.failure.message },
      output: { cycle: run.cycle + 1, of: order.refinementCyclesMax, because: decision.because },
    });
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress', step },
      { step: 'generating', stepState: 'running', failureClass: end.failure.failureClass, changedBy: actor, changedBecause: end.failure.message },
    );
  });
  work.reached(`${step}:refined`, work.run.id);
  if (isRefined) return 'go on';
  await endInReview(work, end.failure, isLeft ? decision.because : `${order.refinementCycles} refinement cycles did not help`);
  return 'stop';
}

async function failed(work: Work, step: Step, cause: unknown): Promise<'go on' | 'stop'> {
  const failure = toMooseError(cause, 'pipeline', step);
  const { order, run, actor } = work;
  const decision = decideRecovery(work.settings.recovery, step, failure, run.stepAttempt);
  work.logger.warn({ workOrderId: order.id, step, code: failure.code, err: failure, decision: decision.then }, failure.message);
  await fenced(work, (query) =>
    recordFailure(query, failure, { workOrderId: order.id, step, attempt: run.stepAttempt + 1, strategy: decision.then }),
  );
  if (decision.then !== 'retry') {
    await endInReview(work, failure, decision.because);
    return 'stop';
  }
  const delayMs = withJitter(decision.delayMs, work.random);
  const isDurable = delayMs > waitHereMsMax;
  await fenced(work, async (query) => {
    await updateRun(query, run.id, {
      stepAttempt: run.stepAttempt + 1,
      waitingFor: storableText(failure.message),
      wakeAt: new Date(work.clock.now().getTime() + delayMs),
      ...(isDurable ? { leg: run.leg + 1 } : {}),
    });
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
      { stepState: 'retrying', failureClass: failure.failureClass, changedBy: actor, changedBecause: failure.message },
    );
    if (isDurable) await enqueueRun(query, run.id, run.leg + 1, delayMs);
  });
  if (isDurable) return 'stop';
  await sleep(delayMs, work.signal);
  return 'go on';
}
