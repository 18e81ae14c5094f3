// A human starts another run of a work order: from a chosen step, or to undo. The row and the start commit together.
import { PermanentError } from '../../domain/failure.ts';
import { newId, type RunId, shortId } from '../../domain/ids.ts';
import { assertLegalTransition, type Step, steps } from '../../domain/transitions.ts';
import { type RunSettings, workOrderLimits } from '../../domain/work-order.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { resolveEscalation } from '../../store/decisions.ts';
import { newestStepResult } from '../../store/runs.ts';
import { toJson } from '../../store/storable.ts';
import { changeWorkOrder, type WorkOrder } from '../../store/work-orders.ts';

export interface SteeringDeps {
  database: Database;
  clock: Clock;
}

export interface RetryOptions extends RunSettings {
  from?: Step | undefined;
}

/** @throws PermanentError where the work order is at work, over, or has no results to start from there. */
export async function retry(
  deps: SteeringDeps,
  order: WorkOrder,
  options: RetryOptions,
  actor: string,
): Promise<void> {
  const { from: wanted, ...settings } = options;
  const from = wanted ?? (settings.note || settings.model ? 'generating' : (order.step ?? 'routing'));
  if (order.status === 'in_progress' || order.status === 'pending') throw atWork(order, 'retried');
  assertLegalTransition('status', order.status, 'in_progress');
  await deps.database.transaction(async (query) => {
    const first = await startable(query, order, from);
    await changeTo(query, order, {
      status: 'in_progress',
      step: first,
      stepState: 'running',
      run: order.run + 1,
      refinementCyclesMax: order.refinementCycles + workOrderLimits.refinementCyclesMax,
      finishedAt: null,
      cancelRequestedAt: null,
      changedBy: actor,
      changedBecause: settings.note ? `retry from ${first}: ${settings.note}` : `retry from ${first}`,
    });
    await begin(query, deps, order, 'work', first, settings);
    await resolveEscalation(query, order.id, { option: 'retry', by: actor });
  });
}

/** Undoes everything that Moose did for a work order; what is not pushed is kept under refs/moose/preserved. */
export async function undo(deps: SteeringDeps, order: WorkOrder, actor: string): Promise<void> {
  if (order.status === 'in_progress' || order.status === 'pending') throw atWork(order, 'undone');
  await deps.database.transaction(async (query) => {
    await changeTo(query, order, {
      run: order.run + 1,
      stepState: order.status === 'needs_review' ? 'rolling_back' : order.stepState,
      changedBy: actor,
      changedBecause: 'undo',
    });
    await begin(query, deps, order, 'undo', null, {});
    await resolveEscalation(query, order.id, { option: 'undo', by: actor });
  });
}

async function changeTo(
  query: Query,
  order: WorkOrder,
  change: Parameters<typeof changeWorkOrder>[3],
): Promise<void> {
  const isChanged = await changeWorkOrder(query, order.id, { status: order.status, run: order.run }, change);
  if (!isChanged) throw atWork(order, 'changed: somebody else has just changed it');
}

async function begin(
  query: Query,
  { clock }: SteeringDeps,
  order: WorkOrder,
  kind: 'work' | 'undo',
  firstStep: Step | null,
  settings: RunSettings,
): Promise<void> {
  const id = newId<RunId>(clock.now());
  await query
    .insertInto('runs')
    .values({ id, workOrderId: order.id, number: order.run + 1, kind, firstStep, settings: toJson(settings) })
    .execute();
  await enqueueRun(query, id, 0);
}

/** A step can be started from when the step before it has a result; otherwise the earliest without one is. */
async function startable(query: Query, order: WorkOrder, from: Step): Promise<Step> {
  const at = steps.indexOf(from);
  for (const before of steps.slice(0, at)) {
    if ((await newestStepResult(query, order.id, before)) !== undefined) continue;
    throw new PermanentError({
      code: 'STEP_NOT_REACHED',
      component: 'steering',
      operation: 'retry',
      message: `It cannot start from ${from}: ${before} has no result yet.`,
      advice: `Start from there: \`moose retry ${shortId(order.id)} --from ${before}\`.`,
    });
  }
  return from;
}

function atWork(order: WorkOrder, what: string): PermanentError {
  return new PermanentError({
    code: 'WORK_ORDER_AT_WORK',
    component: 'steering',
    operation: 'start run',
    message: `Work order ${shortId(order.id)} is ${order.status}: it cannot be ${what}.`,
    advice: `Wait for it, or stop it first: \`moose cancel ${shortId(order.id)}\`.`,
  });
}
