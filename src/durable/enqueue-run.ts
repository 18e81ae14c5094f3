// Adds a run to the queue, in the same transaction as the change that makes the run necessary.
import { sql } from 'kysely';
import type { RunId } from '../domain/ids.ts';
import type { Query } from '../store/database.ts';
import { type Run, updateRun } from '../store/work/runs.ts';

export const applicationName = 'moose';
/** Never changes: a new version would strand every running run, because recovery and dequeuing depend on it. */
export const applicationVersion = 'moose-1';
export const queueName = 'runs';
export const workflowName = 'moose.run';

const workflowIdOf = (runId: RunId, leg: number) => `${runId}:${leg}`;

export const legOf = (workflowId: string): number =>
  Number(workflowId.slice(workflowId.lastIndexOf(':') + 1));

/**
 * Starts the next leg of a run, in the same transaction as the change that makes it necessary. `delayMs`: the earliest
 * start.
 */
export async function enqueueRun(query: Query, runId: RunId, leg: number, delayMs = 0): Promise<void> {
  // By the database's clock: that of this process may be wrong, and another one may start the leg.
  const notBefore =
    delayMs > 0
      ? sql`(extract(epoch from clock_timestamp()) * 1000)::bigint + ${Math.ceil(delayMs)}::bigint`
      : sql`null`;
  await sql`select moose_dbos.enqueue_workflow(
    workflow_name => ${workflowName}, queue_name => ${queueName},
    positional_args => array[to_json(${runId}::text)], workflow_id => ${workflowIdOf(runId, leg)},
    app_version => ${applicationVersion}, application_name => ${applicationName},
    delay_until_epoch_ms => (${notBefore})::bigint)`.execute(query);
}

/** Starts the first legs of runs at once. */
export async function enqueueRuns(query: Query, runIds: readonly RunId[]): Promise<void> {
  await sql`select moose_dbos.enqueue_workflow(
    workflow_name => ${workflowName}, queue_name => ${queueName},
    positional_args => array[to_json(run_id)], workflow_id => run_id || ':0',
    app_version => ${applicationVersion}, application_name => ${applicationName})
    from unnest(${[...runIds]}::text[]) run_id`.execute(query);
}

/** Starts a run that no workflow carries. A run that is carried, queued or waiting is left alone. */
export async function enqueueUnlessRunning(
  query: Query,
  { id, leg }: Pick<Run, 'id' | 'leg'>,
): Promise<void> {
  const { rows } = await sql<{ status: string }>`select status from moose_dbos.workflow_status
    where workflow_uuid = ${workflowIdOf(id, leg)}`.execute(query);
  const [workflow] = rows;
  if (workflow && ['PENDING', 'ENQUEUED', 'DELAYED'].includes(workflow.status)) return;
  const next = workflow ? leg + 1 : leg;
  if (next !== leg) await updateRun(query, id, { leg: next });
  await enqueueRun(query, id, next);
}
