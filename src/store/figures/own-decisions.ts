// Moose's choices of arms with their outcomes, work order by work order, oldest first.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import { ownCost } from './outcome-sums.ts';

export interface OwnDecision {
  workOrderId: WorkOrderId;
  project: string;
  try: number;
  mode: 'shadow' | 'on';
  policy: 'learned' | 'static' | 'fixed';
  experimentId: string | null;
  acted: Record<string, number> | null;
  isHeldOut: boolean;
  arm: string | null;
  learnedArm: string | null;
  staticArm: string | null;
  propensities: Record<string, number>;
  features: Record<string, unknown>;
  because: string | null;
  decidedAt: Date;
  /** Null while there is no outcome. */
  success: boolean | null;
  counts: boolean | null;
  usedArm: string | null;
  costNanoUsd: bigint | null;
}

const columns = sql`d.work_order_id, p.name as project, d.try, d.mode, d.policy, d.is_held_out, d.arm, d.learned_arm,
  d.static_arm, d.propensities, d.features, d.decision_output ->> 'because' as because, d.created_at as decided_at,
  d.experiment_id, d.acted,
  o.success, o.counts, o.arm as used_arm, o.nano_usd as cost_nano_usd`;

const outcome = sql`left join lateral (
    select v.success, v.counts, v.arm, own.nano_usd from outcome_vectors v, ${ownCost}
    where v.work_order_id = d.work_order_id and v.try = d.try and v.is_attempt and v.arm is not null
    order by coalesce(v.counts, false) desc, v.created_at desc limit 1) o on true
  join work_orders w on w.id = d.work_order_id join projects p on p.id = w.project_id`;

/** Returns whole work orders, up to a number of them. */
export async function ownDecisions(
  query: Query,
  after: string | null,
  workOrders: number,
): Promise<OwnDecision[]> {
  const { rows } = await sql<OwnDecision>`
    with orders as (select distinct work_order_id from decision_logs
      where try is not null and (${after}::uuid is null or work_order_id > ${after}::uuid)
      order by 1 limit ${workOrders})
    select ${columns} from orders join decision_logs d on d.work_order_id = orders.work_order_id and d.try is not null
      ${outcome}
    order by d.work_order_id, d.try`.execute(query);
  return rows;
}

/** The work order after which the newest ones begin, up to a number of them; null: there are fewer than that. */
export async function orderBeforeNewest(query: Query, workOrders: number): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`select distinct work_order_id as id from decision_logs
    where try is not null order by 1 desc offset ${workOrders} limit 1`.execute(query);
  return rows[0]?.id ?? null;
}

export interface ExpectedAndActual {
  chance: number;
  costUsd: number;
  success: boolean;
  costNanoUsd: bigint;
}

/** The expectation for the arm that was used, and the actual outcome; the newest choices, up to a number. */
export async function expectedAndActual(query: Query, limit: number): Promise<ExpectedAndActual[]> {
  const { rows } = await sql<ExpectedAndActual>`
    with newest as (select * from decision_logs where try is not null and arm is not null
      order by work_order_id desc, try desc limit ${limit})
    select e.chance, e.cost_usd, o.success, o.nano_usd as cost_nano_usd from newest d
      cross join lateral (select (c -> 'expected' ->> 'chance')::float8 as chance,
          (c -> 'expected' ->> 'cost_usd')::float8 as cost_usd
        from jsonb_array_elements(d.candidates) c where c ->> 'name' = d.arm limit 1) e
      ${outcome}
    where e.chance is not null and e.cost_usd is not null and o.counts and o.arm = d.arm`.execute(query);
  return rows;
}

export async function newestDecisions(query: Query, limit: number): Promise<OwnDecision[]> {
  const { rows } = await sql<OwnDecision>`
    with newest as (select * from decision_logs where try is not null order by work_order_id desc, try desc limit ${limit})
    select ${columns} from newest d ${outcome} order by d.work_order_id desc, d.try desc`.execute(query);
  return rows;
}
