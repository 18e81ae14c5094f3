// Finds runs and workflows that do not match, and repairs each kind. The watch of each process and `moose reconcile`
// share these statements.
import { type RawBuilder, sql } from 'kysely';
import type { RunId } from '../domain/ids.ts';
import type { Query } from '../store/database.ts';
import { isSilent } from '../store/work/executors.ts';
import { enqueueRun, workflowName } from './enqueue-run.ts';

const waiting = sql`w.status in ('ENQUEUED', 'DELAYED')`;
const changedBefore = (before: Date) => sql`w.updated_at < ${before.getTime()}::bigint`;

/**
 * Whether no workflow carries run `r`, which has not ended. A run that stopped for a person's pause does not count,
 * because resuming starts it. A paused run that a process took up and has not stopped yet does count: it may still be
 * running without a watcher.
 */
const isStranded: RawBuilder<boolean> = sql`(r.state = 'running'
  and not exists (select 1 from moose_dbos.workflow_status w where w.workflow_uuid = r.id || ':' || r.leg
    and w.status in ('PENDING', 'ENQUEUED', 'DELAYED'))
  and not exists (select 1 from work_orders o where o.id = r.work_order_id and r.kind = 'work'
    and r.executor is null and o.held_by is not null and o.cancel_requested_at is null))`;

/** Starts the next leg of such runs. The fence makes a second start harmless. */
export async function restartStranded(query: Query, of: RawBuilder<unknown>): Promise<RunId[]> {
  const { rows } = await sql<{ id: RunId; leg: number }>`select r.id, r.leg from runs r
    where ${isStranded} and ${of} for update of r skip locked`.execute(query);
  for (const { id, leg } of rows) {
    await query
      .updateTable('runs')
      .set({ leg: leg + 1 })
      .where('id', '=', id)
      .execute();
    await enqueueRun(query, id, leg + 1);
  }
  return rows.map(({ id }) => id);
}

/** Runs that no workflow carries, as a kind of drift. */
export const strandedRuns = (before: Date) => sql`select r.id as subject, r.work_order_id,
  format('no workflow carries its leg %s', r.leg) as evidence
  from runs r where ${isStranded} and r.created_at < ${before}`;

export async function restartStrandedRun(query: Query, id: string): Promise<void> {
  await restartStranded(query, sql`r.id = ${id}::uuid`);
}

/** Workflows of processes that ended long ago, or never reported. Usually, other processes take them up at once. */
export const ofTheDead = (before: Date) => sql<{ subject: string }>`
  select w.workflow_uuid as subject, r.work_order_id,
    format('the process %s that has it %s', w.executor_id,
      case when e.id is null then 'is not known' when e.ended_at is not null then 'has ended'
        else 'does not report' end) as evidence
  from moose_dbos.workflow_status w left join executors e on e.id = w.executor_id
    left join runs r on r.id::text = split_part(w.workflow_uuid, ':', 1)
  where w.status = 'PENDING' and w.name = ${workflowName} and ${changedBefore(before)}
    and (e.id is null or e.ended_at is not null or ${isSilent})`;

/** Puts a workflow back into the queue if its process is still dead. */
export async function requeueOfTheDead(query: Query, workflowId: string, before: Date): Promise<void> {
  await sql`update moose_dbos.workflow_status set status = 'ENQUEUED', owner_xid = null, started_at_epoch_ms = null,
      updated_at = (extract(epoch from now()) * 1000)::bigint
    where workflow_uuid = ${workflowId} and status = 'PENDING'
      and exists (select from (${ofTheDead(before)}) dead where dead.subject = ${workflowId})`.execute(query);
}

/** Workflows that are waiting although their run has ended. */
export const withoutRun = (before: Date) => sql<{ subject: string }>`
  select w.workflow_uuid as subject, r.work_order_id,
    case when r.id is null then 'there is no such run' else 'its run has ended' end as evidence
  from moose_dbos.workflow_status w left join runs r on r.id::text = split_part(w.workflow_uuid, ':', 1)
  where ${waiting} and w.name = ${workflowName} and ${changedBefore(before)}
    and (r.id is null or r.state = 'ended')`;

export async function cancelWithoutRun(query: Query, workflowId: string): Promise<void> {
  await sql`update moose_dbos.workflow_status w set status = 'CANCELLED',
      updated_at = (extract(epoch from now()) * 1000)::bigint
    where workflow_uuid = ${workflowId} and ${waiting} and not exists (select from runs r
      where r.id::text = split_part(w.workflow_uuid, ':', 1) and r.state = 'running')`.execute(query);
}
