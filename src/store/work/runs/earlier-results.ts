// Results of earlier steps, for later steps that learn from them.
import { sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';

/** The results of proposing, applying and verifying, over all cycles of a run, oldest first. */
export function listAttemptResults(
  query: Query,
  runId: RunId,
): Promise<Array<{ step: Step; cycle: number; result: unknown }>> {
  return query
    .selectFrom('stepResults')
    .select(['step', 'cycle', 'result'])
    .where('runId', '=', runId)
    .where('step', 'in', ['generating', 'applying', 'verifying'])
    .orderBy('cycle')
    .orderBy('step')
    .execute();
}

/** The results, newest first. */
export function listResultsOfCycle(
  query: Query,
  runId: RunId,
  cycle: number,
): Promise<Array<{ step: Step; result: unknown }>> {
  return query
    .selectFrom('stepResults')
    .select(['step', 'result'])
    .where('runId', '=', runId)
    .where('cycle', '=', cycle)
    .orderBy('step', 'desc')
    .execute();
}

/** The newest result of any of these steps, over all runs, or all but one; undefined where there is none. */
export async function newestResultAmong(
  query: Query,
  workOrderId: WorkOrderId,
  steps: readonly Step[],
  { exceptRun }: { exceptRun?: RunId } = {},
): Promise<unknown> {
  const row = await query
    .selectFrom('stepResults')
    .innerJoin('runs', 'runs.id', 'stepResults.runId')
    .select('result')
    .where('stepResults.workOrderId', '=', workOrderId)
    .where('step', 'in', steps)
    .$if(exceptRun !== undefined, (asked) => asked.where('runs.id', '!=', exceptRun as RunId))
    .orderBy('runs.number', 'desc')
    .orderBy('stepResults.cycle', 'desc')
    .orderBy('step', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.result;
}

/** The newest result of the step at that time; undefined where there was none. */
export async function findResultAt(
  query: Query,
  workOrderId: WorkOrderId,
  step: Step,
  at: Date,
): Promise<unknown> {
  const row = await query
    .selectFrom('stepResults')
    .select('result')
    .where('workOrderId', '=', workOrderId)
    .where('step', '=', step)
    .where('finishedAt', '<=', at)
    .orderBy('finishedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.result;
}

/** Whether this commit is the result of applying the change, in any run of the work order. */
export async function hasApplied(query: Query, workOrderId: WorkOrderId, headSha: string): Promise<boolean> {
  const { rows } = await sql`select 1 from step_results
    where work_order_id = ${workOrderId} and step = 'applying' and result ->> 'headSha' = ${headSha} limit 1`.execute(
    query,
  );
  return rows.length > 0;
}
