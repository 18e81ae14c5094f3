// Runs a work order from its current step as far as possible: the result of each step is stored before the next one
// starts.

import type { RunId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import type { Slots } from '../../durable/slots.ts';
import { assertNever } from '../../stdx/assert-never.ts';
import type { Query } from '../../store/database.ts';
import { presumeOpenCalls } from '../../store/money/costs.ts';
import type { Standing } from '../../store/work/claims.ts';
import { projectById } from '../../store/work/projects.ts';
import {
  claimRun,
  FenceLostError,
  type Run,
  refundStart,
  runById,
  updateRun,
} from '../../store/work/runs.ts';
import { changeWorkOrder, recordEvent, workOrderById } from '../../store/work/work-orders.ts';
import { doingPart, doingWork } from '../errors/current-work.ts';
import { CancelRequested } from '../run/cancel.ts';
import { projectHere } from '../run/project-here.ts';
import {
  fenced,
  type GoesOn,
  type PipelineDeps,
  type StepEnd,
  type StepTable,
  type Work,
} from '../run/work.ts';
import { applying } from './applying.ts';
import { type Claims, createClaims } from './claims.ts';
import { creatingPr } from './creating-pr.ts';
import { endCancelled, endInReview, startsExhausted } from './end-run.ts';
import { ensureRepository } from './ensure-repository.ts';
import { failed } from './failed-step.ts';
import { generating } from './generating.ts';
import { groupTurn } from './group-turn.ts';
import { leaveToOtherMachine } from './leave-to-other-machine.ts';
import { startsOf } from './places.ts';
import { preparing } from './preparing.ts';
import { beginAgain } from './refine-change.ts';
import { routing } from './routing.ts';
import { spentWithoutProgress } from './spent-without-progress.ts';
import { advance, refine } from './step-ends.ts';
import { isPaused, PausedByPerson, suspend, suspendIdle } from './suspend.ts';
import { tracking } from './tracking.ts';
import { undoRun } from './undo-run.ts';
import { verifying } from './verifying.ts';

export const stepTable: StepTable = {
  routing,
  preparing,
  generating,
  applying,
  verifying,
  creating_pr: creatingPr,
  tracking,
};

export interface Host {
  executorId: string;
  slots: Slots;
  /** Aborted when the process takes no new work: the run goes back to the queue after its step. */
  drains?: AbortSignal;
  /** The leg to run: if the run is at another leg, there is nothing to do. */
  leg: number;
  /** The claims of the process, which claims its runs together; if absent, the run is claimed alone. */
  claims?: Claims;
  /** The run as this process has just read it; if absent, it is read. */
  found?: Standing;
  /** Not aborted when a person cancels: a cancelled run is taken up too, so that this process ends it. */
  stops?: AbortSignal;
}

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
  if (first) await doingWork({ workOrderId: first.order.id, runId }, () => executeSteps(first, host.drains));
}

async function executeSteps(first: Work, drains?: AbortSignal): Promise<void> {
  const { settings, signal } = first;
  try {
    if (first.run.kind === 'undo') return await undoRun(first);
    if (first.run.starts >= settings.startsMax) return await endInReview(first, startsExhausted(first));
    let next: Work | undefined = first;
    for (;;) {
      const work: Work | undefined = next ?? (await look(first));
      next = undefined;
      if (!work) return;
      if (work.order.cancelRequestedAt) return await endCancelled(work);
      // A paused run is taken up if one of its processes still runs: that process is watched to its end.
      if (work !== first && isPaused(work.order) && (await suspend(work))) return;
      if (work !== first && drains?.aborted) return await handBack(work);
      const turn = await groupTurn(work);
      if (turn === 'stop') return;
      if (turn === 'look') continue;
      const standstill = spentWithoutProgress(work.order, settings.withoutProgress);
      if (standstill) return await endInReview(work, standstill, standstill.message);
      const goesOn = await oneStep(work);
      if (goesOn === 'stop') return;
      if (goesOn !== 'go on') next = goesOn;
    }
  } catch (cause) {
    // Another process has taken over the run: writes of this process no longer count.
    if (cause instanceof FenceLostError) return sayTakenOver(first);
    if (signal.reason instanceof CancelRequested) {
      const work = await look({ ...first, signal: new AbortController().signal });
      return work ? endCancelled(work) : undefined;
    }
    throw cause;
  }
}

/** Puts the run back into the queue between two steps, for another process. */
async function handBack(work: Work): Promise<void> {
  const { run, order, settings, actor } = work;
  await fenced(work, async (query) => {
    await updateRun(query, run.id, { leg: run.leg + 1, executor: null, waitingFor: null, wakeAt: null });
    // Reverts the counters: the next step was counted as started, but does not start.
    await refundStart(query, run.id);
    await enqueueRun(query, run.id, run.leg + 1);
    const reason = `Moose on ${settings.host} is stopping and takes no new work`;
    await recordEvent(query, { workOrderId: order.id, kind: 'left_to_others', actor, reason });
  });
}

function sayTakenOver({ logger, order, run }: Work): void {
  logger.warn(
    { workOrderId: order.id, runId: run.id, fence: run.fence },
    'another process took over a run of this process; what this process still does for the run is discarded',
  );
}

function workOf(
  deps: PipelineDeps,
  { run, order, project }: Standing,
  { executorId, slots }: Host,
  signal: AbortSignal,
): Work {
  const here = projectHere(project, deps.settings.dataDirectory);
  return { ...deps, run, order, project: here, slots, signal, actor: `moose:${executorId}` };
}

/**
 * Takes over any run for this process, and starts its work order if that has not happened; undefined if the run has
 * ended.
 */
async function claimAlone(
  deps: PipelineDeps,
  runId: RunId,
  host: Host,
  signal: AbortSignal,
): Promise<Work | undefined> {
  const actor = `moose:${host.executorId}`;
  return deps.database.transaction(async (query) => {
    const run = await claimRun(query, runId, host.executorId, host.leg);
    if (!run) return undefined;
    await presumeOpenCalls(query, [run.id]);
    if (run.kind === 'work') {
      if (await suspendIdle(query, run, actor)) return undefined;
      await begin(query, run, actor);
    }
    const order = await workOrderById(query, run.workOrderId);
    if (!order) return undefined;
    const project = await projectById(query, order.projectId);
    if (run.kind === 'work' && order.step !== null)
      await updateRun(query, run.id, { starts: run.starts + startsOf(order.step) });
    return workOf(deps, { run, order, project }, host, signal);
  }, host.stops ?? signal);
}

/** Zero rows mean that the work order was already started. */
async function begin(query: Query, run: Run, actor: string): Promise<void> {
  await changeWorkOrder(
    query,
    run.workOrderId,
    { status: 'pending' },
    {
      status: 'in_progress',
      step: run.firstStep ?? 'routing',
      stepState: 'running',
      changedBy: actor,
      changedBecause: 'taken up',
    },
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

/** The run at its next step, if the end of this one has just read it. */
async function oneStep(work: Work): Promise<GoesOn | Work> {
  const { step } = work.order;
  if (step === null || step === 'awaiting_ci') throw new TypeError(`A run is at the step ${step}`);
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

async function goOnFrom(work: Work, step: Step, end: StepEnd, startedAt: Date): Promise<GoesOn | Work> {
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
