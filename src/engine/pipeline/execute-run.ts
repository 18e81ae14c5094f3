// Runs a work order from its current step as far as possible: the result of each step is stored before the next one
// starts.
import type { RunId } from '../../domain/ids.ts';
import type { RunStep, Step } from '../../domain/transitions.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import { defaultRetryBudget, payBack } from '../../resilience/retry-budget.ts';
import { assertNever } from '../../stdx/assert-never.ts';
import type { Query } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { recordFinishedStep } from '../../store/work/runs/finished-step.ts';
import { FenceLostError, type Run, refundStart, runById, updateRun } from '../../store/work/runs/runs.ts';
import {
  changedWorkOrder,
  changeWorkOrder,
  recordEvent,
  sinceProgress,
  workOrderById,
} from '../../store/work/work-orders/work-orders.ts';
import { doingPart, doingWork } from '../errors/current-work.ts';
import { leaveOutages } from '../recovery/outage.ts';
import { CancelRequested } from '../run/cancel.ts';
import { handOverResults } from '../run/step-results.ts';
import {
  fenced,
  type PipelineDeps,
  type RunDecision,
  type StepEnd,
  type StepTable,
  type Work,
} from '../run/work.ts';
import { beginAgain } from '../workplace/begin-again.ts';
import { isPaused, PausedByPerson, suspend } from '../workplace/suspend.ts';
import { startsOf } from '../workplace/work-slots.ts';
import { ensureRepository } from '../workplace/worktree/ensure-repository.ts';
import { applying } from './applying/applying.ts';
import { claimAlone, createClaims, type Host, workOf } from './claims.ts';
import { creatingPr } from './creating-pr/creating-pr.ts';
import { endRun, spentWithoutProgress, startsExhausted } from './failure/end-run.ts';
import { failed } from './failure/failed-step.ts';
import { undoRun } from './failure/undo-run.ts';
import { generating } from './generating/generating.ts';
import { candidateTurn } from './groups/candidate-turn.ts';
import { jointTurn } from './groups/joint-turn.ts';
import type { GroupTurn } from './groups/settle-in-group.ts';
import { leaveToOtherMachine } from './leave-to-other-machine.ts';
import { preparing } from './preparing/preparing.ts';
import { routing } from './routing/routing.ts';
import { tracking } from './tracking/tracking.ts';
import { verifying } from './verifying/verifying.ts';

export const stepTable: StepTable = {
  routing,
  preparing,
  generating,
  applying,
  verifying,
  creating_pr: creatingPr,
  tracking,
};

/** Rejects with the signal's reason, or if the run's end cannot be written; every other end is in the database. */
export async function executeRun(
  deps: PipelineDeps,
  runId: RunId,
  host: Host,
  signal: AbortSignal,
): Promise<void> {
  const { claims = createClaims(deps), stops = signal } = host;
  if (await leaveToOtherMachine(deps, host.found ?? (await claims.find(runId, stops)), host, stops)) return;
  const taken = await claims.claim({ runId, leg: host.leg, executor: host.executorId }, stops);
  const first = taken ? workOf(deps, taken, host, signal) : await claimAlone(deps, runId, host, signal);
  host.onTaken?.();
  if (first) await doingWork({ workOrderId: first.order.id, runId }, () => executeSteps(first, stops));
}

async function executeSteps(first: Work, stops: AbortSignal): Promise<void> {
  const { signal, drains } = first;
  try {
    if (first.run.kind === 'undo') return await undoRun(first);
    let next: Work | undefined = first;
    for (;;) {
      const work: Work | undefined = next ?? (await look(first));
      if (!work) return;
      const decision = await decide(work, { isFirst: work === first, isDraining: drains?.aborted === true });
      if (decision === 'stop') return;
      if (decision !== 'go on' && 'end' in decision) return await endRun(work, decision);
      next = decision === 'go on' ? undefined : decision;
    }
  } catch (cause) {
    // Another process has taken over the run: writes of this process no longer count.
    if (cause instanceof FenceLostError) return sayTakenOver(first);
    if (signal.reason instanceof CancelRequested) {
      const work = await look({ ...first, signal: stops });
      return work ? endRun(work, { end: 'cancelled' }) : undefined;
    }
    throw cause;
  }
}

/** Takes the next step, unless something between two steps decides otherwise. */
async function decide(
  work: Work,
  { isFirst, isDraining }: { isFirst: boolean; isDraining: boolean },
): Promise<RunDecision | Work> {
  const { order, run, settings } = work;
  if (isFirst && run.starts >= settings.startsMax) return { end: 'review', failure: startsExhausted(work) };
  if (order.cancelRequestedAt) return { end: 'cancelled' };
  // A paused run is taken up if one of its processes still runs: that process is watched to its end.
  if (!isFirst && isPaused(order) && (await suspend(work))) return 'stop';
  if (!isFirst && isDraining) return handBack(work);
  const turn = await groupTurn(work);
  if (turn === 'look') return 'go on';
  if (turn !== 'go on') return turn;
  const standstill = spentWithoutProgress(order, settings.withoutProgress);
  if (standstill) return { end: 'review', failure: standstill, because: standstill.message };
  return oneStep(work, stepOf(work));
}

/** Puts the run back into the queue between two steps, for another process. */
async function handBack(work: Work): Promise<'stop'> {
  const { run, order, settings, actor } = work;
  await fenced(work, async (query) => {
    await updateRun(query, run.id, { leg: run.leg + 1, waitingFor: null });
    // Reverts the counters: the next step was counted as started, but does not start.
    await refundStart(query, run.id);
    await enqueueRun(query, run.id);
    const reason = `Moose on ${settings.host} is stopping and takes no new work`;
    await recordEvent(query, { workOrderId: order.id, kind: 'left_to_others', actor, reason });
  });
  return 'stop';
}

function sayTakenOver({ logger, order, run }: Work): void {
  logger.warn(
    { workOrderId: order.id, runId: run.id, fence: run.fence },
    'another process took over a run of this process; what this process still does for the run is discarded',
  );
}

/**
 * The run and its work order in their current state; undefined if the run has ended, or another process
 * carries it out.
 */
async function look({
  run: { id, fence },
  order: { id: orderId },
  ...rest
}: Work): Promise<Work | undefined> {
  const { database, signal } = rest;
  const [run, order] = await Promise.all([
    database.run((query) => runById(query, id), signal),
    database.run((query) => workOrderById(query, orderId), signal),
  ]);
  if (run?.state !== 'running' || run.fence !== fence || !order) return undefined;
  return { ...rest, run, order };
}

function stepOf({ order: { step } }: Work): RunStep {
  if (step === null || step === 'awaiting_ci') throw new TypeError(`A run is at the step ${step}`);
  return step;
}

/** The run at its next step, if the end of this one has just read it. */
async function oneStep<S extends RunStep>(work: Work, step: S): Promise<RunDecision | Work> {
  await markRunning(work);
  work.reached(`${step}:begin`, work.run.id);
  const startedAt = work.clock.now();
  try {
    const end = await doingPart({ step, attempt: work.run.stepAttempt + work.run.pauses + 1 }, async () => {
      await ensureRepository(work, step);
      return stepTable[step](work);
    });
    return await goOnFrom(work, step, end, startedAt);
  } catch (cause) {
    // If a result cannot be stored, its step fails: otherwise the step would be repeated and paid for again
    // and again.
    if (work.signal.aborted || cause instanceof FenceLostError) throw cause;
    if (cause instanceof PausedByPerson) return (await suspend(work)) ? 'stop' : 'go on';
    return failed(work, step, cause);
  }
}

async function goOnFrom<S extends RunStep>(
  work: Work,
  step: S,
  end: StepEnd<S>,
  startedAt: Date,
): Promise<RunDecision | Work> {
  switch (end.end) {
    case 'over':
      return 'stop';
    case 'done': {
      const next = await advance(work, step, end, startedAt);
      work.reached(`${step}:end`, work.run.id);
      return next ?? 'go on';
    }
    case 'refine':
      return await refine(work, step, end, startedAt);
    case 'again':
      await beginAgain(work, step, end);
      return 'go on';
    default:
      return assertNever(end);
  }
}

async function markRunning(work: Work): Promise<void> {
  if (work.order.stepState === 'running') return;
  await fenced(work, (query) =>
    changeWorkOrder(
      query,
      work.order.id,
      { status: 'in_progress' },
      { stepState: 'running', changedBy: work.actor, changedBecause: 'goes on' },
    ),
  );
}

/** What follows the end of a step. */
const nextStep: Record<RunStep, Step | null> = {
  routing: 'preparing',
  preparing: 'generating',
  generating: 'applying',
  applying: 'verifying',
  verifying: 'creating_pr',
  creating_pr: 'tracking',
  tracking: null,
};

/**
 * Returns the run at its next step, as this transaction left it; undefined if it has to be read, because the transaction
 * had already succeeded, and was repeated after a lost answer.
 */
export async function advance<S extends RunStep>(
  work: Work,
  step: S,
  end: Extract<StepEnd<S>, { end: 'done' }>,
  startedAt: Date,
): Promise<Work | undefined> {
  const next = nextStep[step];
  if (next === null) throw new TypeError(`Nothing comes after ${step}`);
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
export function refine<S extends RunStep>(
  work: Work,
  step: S,
  { failure, result }: Extract<StepEnd<S>, { end: 'refine' }>,
  startedAt: Date,
): Promise<RunDecision> {
  return failed(work, step, failure, { result, startedAt });
}

/** A successful step restores a little of the retry budget that its retries used. */
function paidBack({ retryBudget }: Work['order']): { retryBudget?: string } {
  return retryBudget ? { retryBudget: toJson(payBack(defaultRetryBudget, retryBudget)) } : {};
}

const turns = { candidates: candidateTurn, joint: jointTurn } as const;

export async function groupTurn(work: Work): Promise<GroupTurn> {
  const { group } = work.order.settings;
  return group === undefined ? 'go on' : turns[group.kind](work, group);
}
