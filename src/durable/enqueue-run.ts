// How a run comes into the queue: in the transaction of whatever makes it necessary.
import { sql } from 'kysely';
import type { RunId } from '../domain/ids.ts';
import type { Query } from '../store/database.ts';

export const applicationName = 'moose';
/** Fixed for good: a version that changed would strand every run in flight (a version gates recovery and dequeuing). */
export const applicationVersion = 'moose-1';
export const queueName = 'runs';
export const workflowName = 'moose.run';

/** Starts the next leg of a run, in the transaction of whatever makes it necessary. `delayMs`: not before that. */
export async function enqueueRun(query: Query, runId: RunId, leg: number, delayMs = 0): Promise<void> {
  const notBefore = delayMs > 0 ? Date.now() + Math.ceil(delayMs) : null;
  await sql`select dbos.enqueue_workflow(
    workflow_name => ${workflowName}, queue_name => ${queueName},
    positional_args => array[to_json(${runId}::text)], workflow_id => ${`${runId}:${leg}`},
    app_version => ${applicationVersion}, application_name => ${applicationName},
    delay_until_epoch_ms => ${notBefore}::bigint)`.execute(query);
}
