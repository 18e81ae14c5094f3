// The actual costs of finished planned work orders, next to their estimates.
import { sql } from 'kysely';
import type { Query } from '../database.ts';

export interface EstimatedOrder {
  id: string;
  title: string;
  specId: string;
  spec: string;
  basis: 'kind' | 'complexity' | 'all' | 'policy';
  lowNanoUsd: bigint;
  midNanoUsd: bigint;
  highNanoUsd: bigint;
  costNanoUsd: bigint;
}

/** Completed work orders of approved plans, except those of the scripted model, newest first. */
export async function estimatedOrders(query: Query, limit: number): Promise<EstimatedOrder[]> {
  const { rows } = await sql<EstimatedOrder>`select w.id, w.title, s.id as spec_id, s.name as spec, e.basis,
      e.low_nano_usd, e.mid_nano_usd, e.high_nano_usd, w.cost_nano_usd
    from work_order_estimates e
    join specs s on s.id = e.spec_id and s.approved_version = e.version
    join work_orders w on w.spec_id = e.spec_id and w.plan_key = e.plan_key
    where w.status = 'completed' and not w.is_scripted
    order by s.approved_at desc, w.id desc limit ${limit}`.execute(query);
  return rows;
}
