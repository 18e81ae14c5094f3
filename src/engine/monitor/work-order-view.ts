// A work order as programs and people get to see it.
import { sql } from 'kysely';
import { usdNumber } from '../../domain/money.ts';
import type { Database, Query } from '../../store/database.ts';
import type { Run } from '../../store/runs.ts';
import type { SessionRow } from '../../store/session-rows.ts';
import type { WorkOrder } from '../../store/work-orders.ts';
import { explain } from './explain.ts';

export interface WorkOrderView {
  id: string;
  title: string;
  project: string;
  status: WorkOrder['status'];
  step: WorkOrder['step'];
  step_state: WorkOrder['stepState'];
  failure_class: WorkOrder['failureClass'];
  run: number;
  branch: string | null;
  pull_request: string | null;
  cost_usd: number;
  is_scripted: boolean;
  created_at: string;
  updated_at: string;
  explain: string;
}

/** Moose processes that are up on this database: each holds one connection of this name for as long as it lives. */
export async function countExecutors(query: Query): Promise<number> {
  const { rows } = await sql<{ live: number }>`select count(*)::int as live from pg_stat_activity
    where application_name = 'moose locks' and datname = current_database()`.execute(query);
  return rows[0]?.live ?? 0;
}

export async function viewWorkOrders(
  database: Database,
  orders: ReadonlyArray<WorkOrder & { project: string }>,
  now: Date,
): Promise<WorkOrderView[]> {
  if (orders.length === 0) return [];
  const ids = orders.map(({ id }) => id);
  return database.run(async (query) => {
    const liveExecutors = await countExecutors(query);
    const runs = await query
      .selectFrom('runs')
      .selectAll()
      .where('workOrderId', 'in', ids)
      .orderBy('number')
      .execute();
    const sessions = await query
      .selectFrom('sessions')
      .selectAll()
      .where('workOrderId', 'in', ids)
      .where('state', '=', 'running')
      .execute();
    const newestRun = new Map<string, Run>(runs.map((run) => [run.workOrderId, run]));
    const openSession = new Map<string, SessionRow>(
      sessions.map((session) => [session.workOrderId, session]),
    );
    return orders.map((order) => ({
      id: order.id,
      title: order.title,
      project: order.project,
      status: order.status,
      step: order.step,
      step_state: order.stepState,
      failure_class: order.failureClass,
      run: order.run,
      branch: order.branch,
      pull_request: order.pullRequestUrl,
      cost_usd: usdNumber(order.costNanoUsd),
      is_scripted: order.isScripted,
      created_at: order.createdAt.toISOString(),
      updated_at: order.updatedAt.toISOString(),
      explain: explain({
        order,
        run: newestRun.get(order.id),
        session: openSession.get(order.id),
        liveExecutors,
        now,
      }),
    }));
  });
}
