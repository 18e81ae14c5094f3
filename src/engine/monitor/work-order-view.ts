// A work order as programs and people get to see it.
import { sql } from 'kysely';
import { usdNumber } from '../../domain/money.ts';
import type { Database, Query } from '../../store/database.ts';
import { newestRunsOf } from '../../store/runs-of.ts';
import { runningSessionsOf } from '../../store/session-lists.ts';
import type { ListedWorkOrder } from '../../store/work-order-lists.ts';
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

/** Nothing that is long is asked for: a list has two hundred of them. */
const withoutText = { description: '', acceptance: '', settings: {}, metadata: {} };

export async function viewWorkOrders(
  database: Database,
  orders: readonly ListedWorkOrder[],
  now: Date,
): Promise<WorkOrderView[]> {
  if (orders.length === 0) return [];
  const ids = orders.map(({ id }) => id);
  const { liveExecutors, runs, sessions } = await database.run(async (query) => ({
    liveExecutors: await countExecutors(query),
    runs: await newestRunsOf(query, ids),
    sessions: await runningSessionsOf(query, ids),
  }));
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
      order: { ...order, ...withoutText },
      run: runs.get(order.id),
      session: sessions.get(order.id),
      liveExecutors,
      now,
    }),
  }));
}
