import { type Selectable, sql, type Updateable } from 'kysely';
import { fieldsOf } from '../../../domain/catalogue.ts';
import { PermanentError } from '../../../domain/failure.ts';
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import type { Step } from '../../../domain/transitions.ts';
import { readStepResult, type StepResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../database.ts';
import { storeFailures } from '../../failure-catalogue.ts';
import { revokeKeys } from '../../money/gateway-keys.ts';
import type { Tables } from '../../schema/tables.ts';
import { exactly, toJson } from '../../storable.ts';
import { isHeldByAnother } from './executors.ts';

export type Run = Selectable<Tables['runs']>;

/**
 * Takes up a run: from now on, its previous holder can write nothing. Undefined if the run has ended, is at another leg
 * than the claimed one, or belongs to another process that lives.
 */
export function claimRun(query: Query, id: RunId, executor: string, leg?: number): Promise<Run | undefined> {
  const claim = query
    .updateTable('runs')
    .set((set) => ({
      fence: set('fence', '+', 1),
      executor,
      waitingFor: null,
      wakeAt: null,
      pausedBy: null,
      pausedAt: null,
      declinedSince: null,
      declinedBy: [],
      declines: 0,
    }))
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where(sql<boolean>`not ${isHeldByAnother(sql`${executor}`, sql`runs.executor`)}`);
  return (leg === undefined ? claim : claim.where('leg', '=', leg)).returningAll().executeTakeFirst();
}

/** Another process has taken up the run, so this process's writes must not count. */
export class FenceLostError extends PermanentError {
  constructor(runId: RunId) {
    super(fieldsOf(storeFailures.FENCE_LOST, { operation: 'write' }, { runId }));
  }
}

/**
 * Locks the run for the rest of the transaction, and applies `change` if it is given. Returns the run as it is then.
 * @throws FenceLostError
 */
export async function holdFence(
  query: Query,
  id: RunId,
  fence: number,
  change?: Updateable<Tables['runs']>,
): Promise<Run> {
  const held = change
    ? await query
        .updateTable('runs')
        .set(change)
        .where('id', '=', id)
        .where('fence', '=', fence)
        .where('state', '=', 'running')
        .returningAll()
        .executeTakeFirst()
    : await query
        .selectFrom('runs')
        .selectAll()
        .where('id', '=', id)
        .where('fence', '=', fence)
        .where('state', '=', 'running')
        // Locks the row without its key, because calls that refer to it are drawn meanwhile.
        .forNoKeyUpdate()
        .executeTakeFirst();
  if (!held) throw new FenceLostError(id);
  if (change?.state === 'ended') await revokeKeys(query, { runId: id });
  return held;
}

export async function updateRun(query: Query, id: RunId, change: Updateable<Tables['runs']>): Promise<void> {
  await query.updateTable('runs').set(change).where('id', '=', id).execute();
  // Nothing calls a model for a run that has ended.
  if (change.state === 'ended') await revokeKeys(query, { runId: id });
}

/** The run waits in its process for as long, by the database's clock. */
export async function noteWake(query: Query, id: RunId, delayMs: number): Promise<void> {
  await query
    .updateTable('runs')
    .set({ wakeAt: sql<Date>`clock_timestamp() + ${Math.ceil(delayMs)} * interval '1 ms'` })
    .where('id', '=', id)
    .execute();
}

/**
 * Takes back one count of `starts` after a step that ended properly: only starts after which the process died should
 * count.
 */
export async function refundStart(query: Query, id: RunId): Promise<void> {
  await query
    .updateTable('runs')
    .set({ starts: sql<number>`greatest(0, starts - 1)` })
    .where('id', '=', id)
    .execute();
}

export function runById(query: Query, id: RunId): Promise<Run | undefined> {
  return query.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The run that has not ended yet; there is at most one. */
export function openRunOf(query: Query, workOrderId: WorkOrderId): Promise<Run | undefined> {
  return query
    .selectFrom('runs')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .where('state', '=', 'running')
    .executeTakeFirst();
}

/** The run that last worked on the work order; undefined before the first. */
export function newestRunOf(query: Query, workOrderId: WorkOrderId): Promise<Run | undefined> {
  return query
    .selectFrom('runs')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .where('kind', '=', 'work')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Like `openRunOf`, but locks the run: nobody else takes it up or ends it before the transaction ends. */
export function lockOpenRun(query: Query, workOrderId: WorkOrderId): Promise<Run | undefined> {
  return query
    .selectFrom('runs')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .where('state', '=', 'running')
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export async function saveStepResult<S extends Step>(
  query: Query,
  row: {
    runId: RunId;
    workOrderId: WorkOrderId;
    step: S;
    cycle: number;
    result: StepResult<S>;
    startedAt: Date;
  },
): Promise<void> {
  await query
    .insertInto('stepResults')
    .values({ ...row, result: exactly(toJson(row.result, 'edits')) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * The newest result of a step, over all runs: a later run starts from the results before it. Runs and cycles are
 * numbered: by time, a clock that was set back would make an old result the newest.
 */
export async function newestStepResult<S extends Step>(
  query: Query,
  workOrderId: WorkOrderId,
  step: S,
): Promise<StepResult<S> | undefined> {
  const row = await query
    .selectFrom('stepResults')
    .innerJoin('runs', 'runs.id', 'stepResults.runId')
    .select('result')
    .where('stepResults.workOrderId', '=', workOrderId)
    .where('step', '=', step as Step)
    .orderBy('runs.number', 'desc')
    .orderBy('stepResults.cycle', 'desc')
    .limit(1)
    .executeTakeFirst();
  return readStepResult(step, row?.result);
}

/** As stored: `resultIn` reads them. */
export type StepResults = ReadonlyMap<Step, { result: unknown; finishedAt: Date }>;

export function resultIn<S extends Step>(results: StepResults, step: S): StepResult<S> | undefined {
  return readStepResult(step, results.get(step)?.result);
}

/** The newest result of each step, over all runs. */
export async function newestStepResults(query: Query, workOrderId: WorkOrderId): Promise<StepResults> {
  const rows = await query
    .selectFrom('stepResults')
    .innerJoin('runs', 'runs.id', 'stepResults.runId')
    .distinctOn('step')
    .select(['step', 'result', 'finishedAt'])
    .where('stepResults.workOrderId', '=', workOrderId)
    .orderBy('step')
    .orderBy('runs.number', 'desc')
    .orderBy('stepResults.cycle', 'desc')
    .execute();
  return new Map(rows.map(({ step, ...newest }) => [step, newest]));
}

export function stepResultsOf(query: Query, workOrderId: WorkOrderId) {
  return query
    .selectFrom('stepResults')
    .innerJoin('runs', 'runs.id', 'stepResults.runId')
    .selectAll('stepResults')
    .select('runs.number as run')
    .where('stepResults.workOrderId', '=', workOrderId)
    .orderBy('stepResults.finishedAt')
    .execute();
}

/** Adds to the counters, which only grow (R-PIPE-12). */
export async function addToCounters(
  query: Query,
  id: WorkOrderId,
  add: {
    agentRuns?: number;
    modelCalls?: number;
    inputTokens?: number;
    outputTokens?: number;
    costNanoUsd?: bigint;
    refinementCycles?: number;
  },
): Promise<void> {
  await sql`update work_orders set
      agent_runs = agent_runs + ${add.agentRuns ?? 0},
      model_calls = model_calls + ${add.modelCalls ?? 0},
      input_tokens = input_tokens + ${add.inputTokens ?? 0},
      output_tokens = output_tokens + ${add.outputTokens ?? 0},
      cost_nano_usd = cost_nano_usd + ${(add.costNanoUsd ?? 0n).toString()}::bigint,
      refinement_cycles = refinement_cycles + ${add.refinementCycles ?? 0}
    where id = ${id}`.execute(query);
}

/** Marks everything spent so far as wasted (R-PIPE-15); later spending may still be useful. */
export async function markWasted(query: Query, id: WorkOrderId): Promise<void> {
  // Evidence may have reduced a cost that was presumed when it was recorded as wasted.
  await sql`update work_orders set wasted_nano_usd = greatest(wasted_nano_usd, cost_nano_usd) where id = ${id}`.execute(
    query,
  );
}
