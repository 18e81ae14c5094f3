// The runs of work orders, for whoever looks at them.
import { sql } from 'kysely';
import type { RunId, WorkOrderId } from '../domain/ids.ts';
import type { Query } from './database.ts';
import type { Run } from './runs.ts';

/** The newest one of each, by its work order. */
export async function newestRunsOf(query: Query, ids: readonly WorkOrderId[]): Promise<Map<string, Run>> {
  const rows = await query
    .selectFrom('runs')
    .selectAll()
    .where(
      'id',
      'in',
      sql<RunId>`(select newest.id from unnest(${[...ids]}::uuid[]) as wanted (id),
        lateral (select id from runs where work_order_id = wanted.id order by number desc limit 1) newest)`,
    )
    .execute();
  return new Map<string, Run>(rows.map((run) => [run.workOrderId, run]));
}

/** Newest first. */
export function runsOf(query: Query, workOrderId: WorkOrderId, limit: number): Promise<Run[]> {
  return query
    .selectFrom('runs')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
}
