// Deletes the engine's records of legs whose runs ended long ago: what a run has done is in Moose's own tables.
import { sql } from 'kysely';
import type { Query } from '../store/database.ts';
import { workflowName } from './enqueue-run.ts';

const isFinished = (before: Date) => sql<boolean>`w.name = ${workflowName}
  and w.status not in ('PENDING', 'ENQUEUED', 'DELAYED') and w.updated_at < ${before.getTime()}
  and exists (select from runs r where r.id::text = split_part(w.workflow_uuid, ':', 1)
    and r.state = 'ended' and r.ended_at < ${before})`;

export async function countFinished(query: Query, before: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count
    from moose_dbos.workflow_status w where ${isFinished(before)}`.execute(query);
  return rows[0]?.count ?? 0;
}

/** Returns how many were deleted. */
export async function forgetFinished(query: Query, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from moose_dbos.workflow_status where workflow_uuid in (
    select w.workflow_uuid from moose_dbos.workflow_status w where ${isFinished(before)} limit ${limit})`.execute(
    query,
  );
  return Number(numAffectedRows ?? 0n);
}
