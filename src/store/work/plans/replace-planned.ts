// Replaces a cancelled work order in its plan by a new one, so that nothing starts before the new one is there.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import type { Query } from '../../database.ts';

/** Cancelled work orders of a spec that have not been replaced in the plan. */
export async function cancelledOf(query: Query, specId: string): Promise<WorkOrderId[]> {
  const rows = await query
    .selectFrom('workOrders')
    .select('id')
    .where('specId', '=', specId)
    .where('planKey', 'is not', null)
    .where('status', '=', 'cancelled')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Replaces a cancelled work order, which never moves again, by a new one with the same request and dependencies.
 * Dependents that have not started wait for the new one, even if the old one did not block them. Needs the spec's lock.
 */
export async function replacePlanned(
  query: Query,
  cancelled: WorkOrderId,
  { id, by }: { id: WorkOrderId; by: string },
): Promise<void> {
  const { rows } = await sql<{ planKey: string }>`
    with old as (select plan_key from work_orders where id = ${cancelled})
    update work_orders w set plan_key = null from old where w.id = ${cancelled} returning old.plan_key`.execute(
    query,
  );
  await sql`
    insert into work_orders (id, project_id, title, description, acceptance, settings, limit_nano_usd, time_limit_ms,
      refinement_cycles_max, spec_id, plan_key, estimate_low_nano_usd, estimate_high_nano_usd, requested_by, changed_by, changed_because)
    select ${id}, project_id, title, description, acceptance, settings, limit_nano_usd, time_limit_ms,
      ${workOrderLimits.refinementCyclesMax}, spec_id, ${rows[0]?.planKey}, estimate_low_nano_usd, estimate_high_nano_usd,
      requested_by, ${by}, 'takes the place of a cancelled one'
    from work_orders where id = ${cancelled}`.execute(query);
  await sql`update work_order_dependencies d set work_order_id = ${id},
      met_at = case when ${isStillThere} then met_at end
    where work_order_id = ${cancelled}`.execute(query);
  // Dependent work orders that have started continue, and are blocked by the change that they are stacked on.
  const { rows: above } = await sql<{ id: WorkOrderId; waits: boolean }>`
    update work_order_dependencies d set depends_on = ${id}, met_at = case when ${hasStarted} then met_at end
    from work_orders w where w.id = d.work_order_id and depends_on = ${cancelled}
    returning w.id, not ${hasStarted} as waits`.execute(query);
  await countWaits(query, [id, ...above.flatMap((one) => (one.waits ? one.id : []))]);
}

const hasStarted = sql<boolean>`(w.run > 0 and w.status <> 'cancelled')`;

/** A dependency that was met may no longer be: it was cancelled, and has no replacement yet. */
const isStillThere = sql<boolean>`(exists (select from work_orders l where l.id = d.depends_on and l.status = 'completed')
  or exists (select from pull_requests p join work_orders l on l.id = p.work_order_id where l.id = d.depends_on
    and (p.state = 'merged' or (p.state = 'open' and l.status = 'in_progress' and l.step = 'awaiting_ci'
      and p.followed ->> 'readySha' = p.followed ->> 'pushedSha'))))`;

/** The counts must agree with the dependencies: each dependency that is met later reduces them. */
async function countWaits(query: Query, ids: readonly WorkOrderId[]): Promise<void> {
  await sql`update work_orders set waits_for = (select count(*) from work_order_dependencies d
    where d.work_order_id = work_orders.id and d.met_at is null) where id = any (${[...ids]}::uuid[])`.execute(
    query,
  );
}
