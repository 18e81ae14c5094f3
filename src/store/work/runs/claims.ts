// Takes up many runs in one transaction, as one process does for each of its runs after a restart.
import { sql } from 'kysely';
import type { RunId } from '../../../domain/ids.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import { presumeOpenCalls } from '../../money/costs.ts';
import type { Project } from '../projects/projects.ts';
import type { WorkOrder } from '../work-orders/work-orders.ts';
import { isHeldByAnother } from './executors.ts';
import type { Run } from './runs.ts';

export interface Standing {
  run: Run;
  order: WorkOrder;
  project: Project;
}

/** The runs with their work orders and projects; runs that do not exist are left out. */
export async function runsStanding(query: Query, ids: readonly RunId[]): Promise<Map<RunId, Standing>> {
  const runs = await query
    .selectFrom('runs')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
  return withOrders(query, runs);
}

/** `known`: work orders that this transaction has just written. */
async function withOrders(
  query: Query,
  runs: readonly Run[],
  known: readonly WorkOrder[] = [],
): Promise<Map<RunId, Standing>> {
  if (runs.length === 0) return new Map();
  const orders = byId(known);
  const unread = unique(runs.map(({ workOrderId }) => workOrderId)).filter((id) => !orders.has(id));
  if (unread.length > 0) {
    const read = await query.selectFrom('workOrders').selectAll().where('id', 'in', unread).execute();
    for (const order of read) orders.set(order.id, order);
  }
  const projects = byId(
    await query
      .selectFrom('projects')
      .selectAll()
      .where('id', 'in', unique([...orders.values()].map(({ projectId }) => projectId)))
      .execute(),
  );
  const standing = new Map<RunId, Standing>();
  for (const run of runs) {
    const order = orders.get(run.workOrderId);
    const project = order && projects.get(order.projectId);
    if (order && project) standing.set(run.id, { run, order, project });
  }
  return standing;
}

const unique = <T>(all: readonly T[]): T[] => [...new Set(all)];
const byId = <Row extends { id: string }>(rows: readonly Row[]) =>
  new Map(rows.map((row) => [row.id as Row['id'], row]));

export interface RunToClaim {
  runId: RunId;
  leg: number;
  executor: string;
}

/**
 * Claims the runs that need nothing but that: they work, nobody has paused or cancelled their work order, and no
 * other transaction holds them: one that is busy does not make the others wait. Runs that are left out have to be
 * claimed one by one. `countedSteps`: at which steps a claim counts as a start.
 */
export async function claimPlain(
  query: Query,
  asked: readonly RunToClaim[],
  countedSteps: readonly Step[],
): Promise<Map<RunId, Standing>> {
  const { rows: taken } = await sql<Run & { isPending: boolean }>`
    with asked as (
      select * from unnest(${asked.map(({ runId }) => runId)}::uuid[], ${asked.map(({ leg }) => leg)}::int[],
        ${asked.map(({ executor }) => executor)}::text[]) as a(id, leg, executor)
    ), plain as (
      select r.id, o.status = 'pending' as is_pending, asked.executor,
        case when o.status = 'pending' then coalesce(r.first_step, 'routing') else o.step end as step
      from asked join runs r on r.id = asked.id and r.leg = asked.leg join work_orders o on o.id = r.work_order_id
      where r.state = 'running' and r.kind = 'work' and o.held_by is null and o.cancel_requested_at is null
        and (o.status = 'pending' or o.status = 'in_progress' and o.step is not null)
        and not ${isHeldByAnother(sql`asked.executor`, sql`r.executor`)}
      for no key update of r, o skip locked
    )
    update runs r set fence = r.fence + 1, executor = plain.executor, waiting_for = null, wake_at = null,
      paused_by = null, paused_at = null, declined_since = null, declined_by = '{}', declines = 0,
      starts = r.starts + case when plain.step::text = any(${[...countedSteps]}::text[]) then 1 else 0 end
    from plain where r.id = plain.id
    returning r.*, plain.is_pending`.execute(query);
  if (taken.length === 0) return new Map();
  const idsOf = (wanted: boolean) =>
    taken.filter(({ isPending }) => isPending === wanted).map(({ id }) => id);
  const [before, fresh] = [idsOf(false), idsOf(true)];
  // A run that nobody has carried yet has made no call.
  if (before.length > 0) await presumeOpenCalls(query, before);
  const begun = fresh.length > 0 ? await beginPending(query, fresh) : [];
  const runs = taken.map(({ isPending: _, ...run }) => run);
  return withOrders(query, runs, begun);
}

/** Starts the work orders of runs that nobody has taken up before. */
async function beginPending(query: Query, runIds: readonly RunId[]): Promise<WorkOrder[]> {
  const { rows } =
    await sql<WorkOrder>`update work_orders o set status = 'in_progress', step = coalesce(r.first_step, 'routing'),
      step_state = 'running', changed_by = 'moose:' || r.executor, changed_because = 'taken up'
    from runs r where r.id = any(${[...runIds]}::uuid[]) and o.id = r.work_order_id and o.status = 'pending'
    returning o.*`.execute(query);
  return rows;
}
