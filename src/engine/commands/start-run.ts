// A person starts another run of a work order: from a chosen step, or to undo. The row and the start commit together.

import type { PermanentError } from '../../domain/failure.ts';
import { newId, type RunId, shortId } from '../../domain/ids.ts';
import { isHuman } from '../../domain/people/person.ts';
import { assertLegalTransition, illegalTransition, type Step, steps } from '../../domain/transitions.ts';
import { readAnyResult } from '../../domain/work-order/step-result.ts';
import { cyclesOf, type RunSettings } from '../../domain/work-order/work-order.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { forgetPassed } from '../../store/work/groups/groups.ts';
import { insertRun } from '../../store/work/runs/run-ends.ts';
import { newestStepResults, openRunOf } from '../../store/work/runs/runs.ts';
import { effectsOf } from '../../store/work/sessions/effects.ts';
import { changeWorkOrder, recordEvent, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { resolveQuestion } from '../questions/resolve-question.ts';
import { ofTheMachine, undoPlan } from '../run/effects/undo-effects.ts';
import { commandFailures } from './failure-catalogue.ts';
import { type RaisedLimits, raisedLimits } from './raise-limits.ts';
import { refuseForCommand } from './refuse-for-command.ts';
import { refuseRemoved } from './refuse-removed.ts';

export interface SteeringDeps {
  database: Database;
  clock: Clock;
}

export interface RetryOptions extends RunSettings, RaisedLimits {
  from?: Step | undefined;
}

/**
 * @throws PermanentError if the work order is running, has ended, or lacks the results to start from this step, or if its
 * project was removed
 */
export async function retry(
  deps: SteeringDeps,
  order: WorkOrder,
  options: RetryOptions,
  actor: string,
): Promise<void> {
  const from = firstStepOf(order, options);
  await deps.database.transaction(async (query) => {
    await retryIn(query, deps, order, { ...options, from }, actor);
    await resolveQuestion(query, order.id, { option: 'retry', by: actor });
  });
}

function firstStepOf(order: WorkOrder, { from, note, model, agent }: RetryOptions): Step {
  return from ?? (note || model || agent ? 'generating' : afterCi(order.step ?? 'routing'));
}

/** No step runs while CI runs: a change that CI rejected is generated again. */
export function afterCi(step: Step): Step {
  return step === 'awaiting_ci' ? 'generating' : step;
}

/**
 * Like `retry`, but in the caller's transaction, which answers the question. Returns the new run. `isAccepted`: a
 * person accepts a change with failing checks.
 */
export async function retryIn(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  { from, limitNanoUsd, timeLimitMs, ...settings }: RetryOptions & { from: Step },
  actor: string,
  { isAccepted = false } = {},
): Promise<RunId> {
  if (order.status === 'in_progress' || order.status === 'pending') throw atWork(order, 'retried');
  const advice = `Submit a new one, or undo what it did: \`moose undo ${shortId(order.id)} --plan\`.`;
  // Only its pull request, opened again, continues a cancelled one.
  if (order.status === 'cancelled') throw illegalTransition('status', 'cancelled', 'in_progress', advice);
  assertLegalTransition('status', order.status, 'in_progress', advice);
  const raised = raisedLimits(order, { limitNanoUsd, timeLimitMs }, actor);
  if (settings.agent ?? settings.model ?? settings.note) refuseForCommand(order);
  await assertNoRun(query, order, 'retried');
  await refuseRemoved(query, order.projectId);
  const first = isAccepted ? from : await startable(query, order, afterCi(from));
  const changedBecause = settings.note ? `retry from ${first}: ${settings.note}` : `retry from ${first}`;
  await changeTo(query, order, {
    ...raised,
    status: 'in_progress',
    step: first,
    stepState: 'running',
    run: order.run + 1,
    finishedAt: null,
    cancelRequestedAt: null,
    ...(isHuman(actor) ? { ...lookedAt(order), heldBy: null, heldAt: null } : {}),
    changedBy: actor,
    changedBecause,
  });
  // What it passed with is of an earlier run.
  if (order.settings.group?.kind === 'joint') await forgetPassed(query, order.id);
  if (order.heldBy !== null && isHuman(actor))
    await recordEvent(query, { workOrderId: order.id, kind: 'resumed', actor, reason: changedBecause });
  return beginRun(query, deps, order, 'work', first, settings);
}

/**
 * A person has looked at the work order and wants it to continue: a park or a pause is lifted, its spending without
 * progress is counted from zero, and it may be refined again. Automatic continuations keep the old counts.
 */
function lookedAt({ settings, agentRuns, modelCalls, costNanoUsd, refinementCycles }: WorkOrder) {
  return {
    refinementCyclesMax: refinementCycles + cyclesOf(settings),
    parkedAt: null,
    parkedBecause: null,
    agentRunsAtProgress: agentRuns,
    modelCallsAtProgress: modelCalls,
    costAtProgressNanoUsd: costNanoUsd,
  };
}

/** Walks through all steps in between: a later step is only reached through the earlier ones. */
export async function walkTo(
  query: Query,
  order: WorkOrder,
  step: Step,
  change: { changedBy: string; changedBecause: string },
): Promise<WorkOrder> {
  let walked = order;
  const at = order.step === null ? -1 : steps.indexOf(order.step);
  for (const next of steps.slice(at + 1, steps.indexOf(step) + 1)) {
    await changeTo(query, walked, { step: next, ...change });
    walked = { ...walked, step: next };
  }
  return walked;
}

/** Undoes everything that Moose did for a work order; unpushed work is kept under refs/moose/preserved. Idempotent. */
export async function undo(deps: SteeringDeps, order: WorkOrder, actor: string): Promise<void> {
  await deps.database.transaction(async (query) => {
    if (await undoIn(query, deps, order, actor))
      await resolveQuestion(query, order.id, { option: 'undo', by: actor });
  });
}

/** Undefined if nothing is left to undo, or an undo is already running. */
export async function undoIn(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  actor: string,
): Promise<RunId | undefined> {
  if (order.status === 'in_progress' || order.status === 'pending') throw atWork(order, 'undone');
  if ((await openRunOf(query, order.id))?.kind === 'undo') return undefined;
  if (order.status === 'cancelled' && undoPlan(await effectsOf(query, order.id)).length === 0)
    return undefined;
  await changeTo(query, order, {
    run: order.run + 1,
    // An undo is a person's decision, so nothing resumes the work afterwards.
    ...(isHuman(actor) ? { parkedAt: null, parkedBecause: null } : {}),
    stepState: order.status === 'needs_review' ? 'rolling_back' : order.stepState,
    changedBy: actor,
    changedBecause: 'undo',
  });
  return beginRun(query, deps, order, 'undo', null, {});
}

/** Starts a run that only removes the worktree, for a work order that was stopped while no process worked on it. */
export async function tidyUp(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  actor: string,
): Promise<void> {
  if (undoPlan(await effectsOf(query, order.id), ofTheMachine).length === 0) return;
  const change = { run: order.run + 1, changedBy: actor, changedBecause: 'tidied up' };
  await changeWorkOrder(query, order.id, { status: 'cancelled' }, change);
  await beginRun(query, deps, order, 'undo', null, { keepsBranch: true });
}

export async function assertNoRun(query: Query, order: WorkOrder, what: string): Promise<void> {
  const run = await openRunOf(query, order.id);
  if (!run) return;
  throw commandFailures.WORK_ORDER_AT_WORK('start run', {
    id: shortId(order.id),
    act: run.kind === 'undo' ? 'undone' : 'worked on',
    what,
  });
}

async function changeTo(
  query: Query,
  order: WorkOrder,
  change: Parameters<typeof changeWorkOrder>[3],
): Promise<void> {
  const isChanged = await changeWorkOrder(query, order.id, { status: order.status, run: order.run }, change);
  if (isChanged) return;
  throw commandFailures.WORK_ORDER_CHANGED('start run', { id: shortId(order.id) });
}

/** The row of the next run and its start; the caller has changed the work order. */
export async function beginRun(
  query: Query,
  { clock }: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  kind: 'work' | 'undo',
  firstStep: Step | null,
  settings: RunSettings,
): Promise<RunId> {
  const id = newId<RunId>(clock.now());
  const number = order.run + 1;
  await insertRun(query, { id, workOrderId: order.id, number, kind, firstStep, settings: toJson(settings) });
  await enqueueRun(query, id);
  return id;
}

/**
 * A run can start at a step if all earlier steps have good results; a step that sent the work back, such as a failed
 * check, has none. So a change that its checks refused is never published.
 */
async function startable(query: Query, order: WorkOrder, from: Step): Promise<Step> {
  const at = steps.indexOf(from);
  const results = await newestStepResults(query, order.id);
  let appliedTree: string | undefined;
  for (const before of steps.slice(0, at)) {
    const result = readAnyResult(results.get(before)?.result);
    // Earlier versions of Moose had no such step. Later steps prepare the worktree if that has not happened.
    if (before === 'preparing' && result === undefined) {
      if (from === 'generating' && !results.has('generating')) return before;
      continue;
    }
    if (before === 'applying') appliedTree = result?.treeSha;
    // Check results for another change do not apply to this one.
    const isOfAnother = before === 'verifying' && result?.treeSha !== appliedTree;
    if (result !== undefined && !result.feedback && !result.isUnfinished && !isOfAnother) continue;
    throw commandFailures.STEP_NOT_REACHED('retry', { from, before, id: shortId(order.id) });
  }
  return from;
}

function atWork(order: WorkOrder, what: string): PermanentError {
  return commandFailures.WORK_ORDER_AT_WORK_CANNOT('start run', {
    id: shortId(order.id),
    status: order.status,
    what,
  });
}
