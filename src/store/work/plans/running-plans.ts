// The work orders of an approved plan, their dependencies, and the progress of the plan.

import { type Insertable, type RawBuilder, type Selectable, sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { StackedHow } from '../../../domain/plan/stack-plan.ts';
import type { Status } from '../../../domain/transitions.ts';
import type { SpecRunState } from '../../../domain/work-order/spec-run-state.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { anyOf, findsAny } from '../runs/due-jobs.ts';

/** States in which work orders start when nothing blocks them; `done` for those that a person retries later. */
const startingStates = sql`('running', 'done')`;

const runColumns = [
  ...(['id', 'runState', 'approvedVersion', 'approvedBy', 'approvedAt'] as const),
  ...(['runChangedBy', 'runChangedAt'] as const),
] as const;

export type SpecRun = Pick<Selectable<Tables['specs']>, (typeof runColumns)[number]>;

export function specRun(query: Query, specId: string): Promise<SpecRun> {
  return query.selectFrom('specs').select(runColumns).where('id', '=', specId).executeTakeFirstOrThrow();
}

/** Locks the spec: whoever starts its work orders waits until the transaction ends, and then sees its state. */
export function lockSpecRun(query: Query, specId: string): Promise<SpecRun> {
  return query
    .selectFrom('specs')
    .select(runColumns)
    .where('id', '=', specId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** The caller has locked the spec, and checked that no plan is approved. */
export async function approveSpec(
  query: Query,
  specId: string,
  { version, by, at }: { version: number; by: string; at: Date },
): Promise<void> {
  await query
    .updateTable('specs')
    .set({ approvedVersion: version, approvedBy: by, approvedAt: at })
    .set({ runState: 'approved', runChangedBy: by, runChangedAt: at })
    .where('id', '=', specId)
    .execute();
}

/** Returns false if the spec is not in the state `from`. */
export async function changeSpecRun(
  query: Query,
  specId: string,
  from: SpecRunState,
  { to, by, at }: { to: SpecRunState; by: string; at: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('specs')
    .set({ runState: to, runChangedBy: by, runChangedAt: at })
    .where('id', '=', specId)
    .where('runState', '=', from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface Dependency {
  workOrderId: WorkOrderId;
  dependsOn: WorkOrderId;
  how: StackedHow;
}

/** Adds all work orders of a plan; `waitsFor` of each is the number of its dependencies. */
export async function insertPlanned(
  query: Query,
  workOrders: ReadonlyArray<Insertable<Tables['workOrders']>>,
  dependencies: readonly Dependency[],
): Promise<void> {
  await query
    .insertInto('workOrders')
    .values([...workOrders])
    .execute();
  // One array parameter for each column: a plan can have more dependencies than a statement can have parameters.
  await sql`insert into work_order_dependencies (work_order_id, depends_on, how)
    select * from unnest(${dependencies.map(({ workOrderId }) => workOrderId)}::uuid[],
      ${dependencies.map(({ dependsOn }) => dependsOn)}::uuid[], ${dependencies.map(({ how }) => how)}::text[])`.execute(
    query,
  );
}

/** A dependency that must be merged is not met before its merge, unless there is no pull request to merge. */
const isThere = (lower: RawBuilder<unknown>) => sql<boolean>`(d.how <> 'merge'
  or not exists (select from pull_requests p where p.work_order_id = ${lower})
  or exists (select from pull_requests p where p.work_order_id = ${lower} and p.state = 'merged'))`;

/**
 * Marks this dependency as met, and returns the work orders that may start now, each at most once. The time depends on
 * the number of direct dependents, not on the size of the graph. The spec is locked first, so a pause, a start or a
 * replacement happens either before all of it or after it.
 */
export async function meetDependencies(query: Query, dependsOn: WorkOrderId): Promise<WorkOrderId[]> {
  const spec = await sql<{ mayStart: boolean }>`
    select run_state in ${startingStates} as may_start from specs
    where id = (select spec_id from work_orders where id = ${dependsOn}) for share`.execute(query);
  const [row] = spec.rows;
  if (!row) return [];
  const { rows } = await sql<{ id: WorkOrderId }>`
    with met as (
      update work_order_dependencies d set met_at = clock_timestamp()
      where depends_on = ${dependsOn} and met_at is null and ${isThere(sql`${dependsOn}`)} returning work_order_id
    ), freed as (
      update work_orders w set waits_for = w.waits_for - 1 from met where w.id = met.work_order_id
      returning w.id, w.waits_for, w.status, w.run
    )
    select id from freed where waits_for = 0 and status = 'pending' and run = 0`.execute(query);
  return row.mayStart ? rows.map(({ id }) => id) : [];
}

/** Work orders that wait for nothing and have never started. */
export async function readyWorkOrders(query: Query, specId: string): Promise<WorkOrderId[]> {
  const rows = await query
    .selectFrom('workOrders')
    .select('id')
    .where('specId', '=', specId)
    .where('status', '=', 'pending')
    .where('waitsFor', '=', 0)
    .where('run', '=', 0)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Marks work orders as started, and returns those that were not started before: each starts once. */
export async function markStarted(
  query: Query,
  ids: readonly WorkOrderId[],
  by: string,
): Promise<WorkOrderId[]> {
  if (ids.length === 0) return [];
  const because = 'it waits for no other work order';
  const { rows } = await sql<{ id: WorkOrderId }>`
    with started as (
      update work_orders set run = 1, changed_by = ${by}, changed_because = ${because}
      where id = any (${[...ids]}::uuid[]) and status = 'pending' and waits_for = 0 and run = 0 returning id
    ), told as (
      insert into work_order_events (work_order_id, kind, actor, reason)
      select id, 'dependencies.met', ${by}, ${because} from started
    )
    select id from started`.execute(query);
  return rows.map(({ id }) => id);
}

export interface PlannedRow {
  id: WorkOrderId;
  planKey: string;
  dependsOn: WorkOrderId[];
  /** The dependencies in `dependsOn` that still block it. */
  waitsOn: WorkOrderId[];
}

/** The graph of a spec, sorted by ID, which is the order of its plan. */
export async function graphOf(query: Query, specId: string): Promise<PlannedRow[]> {
  const { rows } = await sql<PlannedRow>`
    select w.id, w.plan_key,
      coalesce(array_agg(d.depends_on order by d.depends_on) filter (where d.depends_on is not null), '{}') as depends_on,
      coalesce(array_agg(d.depends_on order by d.depends_on) filter (where d.depends_on is not null and d.met_at is null),
        '{}') as waits_on
    from work_orders w left join work_order_dependencies d on d.work_order_id = w.id
    where w.spec_id = ${specId} and w.plan_key is not null
    group by w.id order by w.id`.execute(query);
  return rows;
}

export interface PlannedState {
  id: WorkOrderId;
  planKey: string;
  title: string;
  status: Status;
  waitsFor: number;
  run: number;
  heldBy: string | null;
  heldAt: Date | null;
  parkedAt: Date | null;
  pullRequestUrl: string | null;
  isMerged: boolean;
  /** Reverted after its merge. */
  isReverted: boolean;
  estimateLowNanoUsd: bigint | null;
  estimateHighNanoUsd: bigint | null;
  costNanoUsd: bigint;
}

/** The work orders of a spec in the order of its plan. */
export async function plannedStates(query: Query, specId: string): Promise<PlannedState[]> {
  const { rows } = await sql<PlannedState>`
    select w.id, w.plan_key, w.title, w.status, w.waits_for, w.run, w.held_by, w.held_at, w.parked_at,
      w.pull_request_url, w.estimate_low_nano_usd, w.estimate_high_nano_usd, w.cost_nano_usd,
      exists (select from pull_requests p where p.work_order_id = w.id and p.state = 'merged') as is_merged,
      exists (select from pull_requests p where p.work_order_id = w.id and p.reverted_sha is not null) as is_reverted
    from work_orders w where w.spec_id = ${specId} and w.plan_key is not null order by w.id`.execute(query);
  return rows;
}

/** The total cost of a spec's work orders, including those that others have replaced. */
export async function costOfSpec(query: Query, specId: string): Promise<bigint> {
  const { rows } = await sql<{ nanoUsd: bigint }>`
    select coalesce(sum(cost_nano_usd), 0)::bigint as nano_usd from work_orders where spec_id = ${specId}`.execute(
    query,
  );
  return rows[0]?.nanoUsd ?? 0n;
}

const isMovable = sql<boolean>`(w.status in ('in_progress', 'needs_review')
  or (w.status = 'pending' and w.waits_for = 0))`;

const atRest = sql<{ id: string }>`select s.id from specs s where s.run_state = 'running'
    and not exists (select from work_orders w where w.spec_id = s.id and ${isMovable})`;
const atWorkAgain = sql<{
  id: string;
}>`select distinct s.id from work_orders w join specs s on s.id = w.spec_id
    where w.spec_id is not null and ${isMovable} and s.run_state = 'done'`;
const leftOfCancelled = sql<{ id: WorkOrderId; cancelledBy: string }>`
    select w.id, s.run_changed_by as cancelled_by from work_orders w join specs s on s.id = w.spec_id
    where s.run_state = 'cancelled' and w.status in ('pending', 'in_progress', 'needs_review', 'failed')
      and w.cancel_requested_at is null and w.parked_at is null`;
const leftReady = sql<{ id: string }>`
    select distinct s.id from specs s join work_orders w on w.spec_id = s.id
    where s.run_state = 'running' and w.status = 'pending' and w.waits_for = 0 and w.run = 0`;
const leftUntold = sql<{ id: WorkOrderId }>`
    select distinct w.id from specs s join work_orders w on w.spec_id = s.id
      join work_order_dependencies d on d.depends_on = w.id
    where s.run_state in ${startingStates} and w.status = 'completed' and d.met_at is null and ${isThere(sql`w.id`)}`;

/** Whether one of the following finds any. */
export const hasSpecToMove = anyOf(
  ...[atRest, atWorkAgain, leftOfCancelled, leftReady, leftUntold].map(findsAny),
);

/** Specs in this state without a work order that is running, waiting for a person, or about to start. */
export async function specsAtRest(query: Query): Promise<string[]> {
  const { rows } = await atRest.execute(query);
  return rows.map(({ id }) => id);
}

/** Specs that had ended, but now have a running work order again. */
export async function specsAtWorkAgain(query: Query): Promise<string[]> {
  const { rows } = await atWorkAgain.execute(query);
  return rows.map(({ id }) => id);
}

/** Work orders of cancelled specs that are still to be cancelled, because the process that did it died. */
export async function leftOfCancelledSpecs(
  query: Query,
): Promise<Array<{ id: WorkOrderId; cancelledBy: string }>> {
  const { rows } = await leftOfCancelled.execute(query);
  return rows;
}

/** Specs with work orders that should have started, and completed ones whose dependents do not know; only on faults. */
export async function leftBehind(query: Query): Promise<{ specs: string[]; completed: WorkOrderId[] }> {
  const ready = await leftReady.execute(query);
  const completed = await leftUntold.execute(query);
  return { specs: ready.rows.map(({ id }) => id), completed: completed.rows.map(({ id }) => id) };
}
