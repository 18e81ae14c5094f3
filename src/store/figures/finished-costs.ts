// The costs of finished work orders by kind and complexity: the basis of estimates.
import { sql } from 'kysely';
import type { Query } from '../database.ts';
import type { ComplexityBand } from './outcome-sums.ts';
import { bandOf } from './outcome-sums.ts';

export interface FinishedCosts {
  /** Null: any kind. */
  kind: string | null;
  /** Null: any complexity. */
  band: ComplexityBand | null;
  count: number;
  /** The 10th, 50th and 90th percentiles of their cost. */
  lowNanoUsd: bigint;
  midNanoUsd: bigint;
  highNanoUsd: bigint;
}

/** Older ones were made by other models, at other prices. */
const newestMax = 2_000;

/** Completed work orders, except those of the scripted model: by kind and complexity, by complexity, and all. */
export async function finishedCosts(query: Query): Promise<FinishedCosts[]> {
  const { rows } = await sql<
    Omit<FinishedCosts, 'lowNanoUsd' | 'midNanoUsd' | 'highNanoUsd'> & { costs: string[] }
  >`
    with finished as (
      select e.kind, ${bandOf(sql`coalesce(e.complexity, v.complexity)`)} as band, w.cost_nano_usd as cost
      from work_orders w
      left join specs s on s.id = w.spec_id
      left join work_order_estimates e
        on e.spec_id = w.spec_id and e.version = s.approved_version and e.plan_key = w.plan_key
      left join lateral (select complexity from outcome_vectors o where o.work_order_id = w.id
        order by o.created_at desc limit 1) v on true
      where w.status = 'completed' and not w.is_scripted and coalesce(e.complexity, v.complexity) is not null
      order by w.updated_at desc limit ${newestMax})
    select kind, band, count(*)::int as count,
      percentile_disc(array[0.1, 0.5, 0.9]) within group (order by cost)::text[] as costs
    from finished group by grouping sets ((kind, band), (band), ())
    having count(*) > 0 and (grouping(kind) = 1 or kind is not null)`.execute(query);
  return rows.map(({ costs: [low = '0', mid = low, high = mid], ...row }) => ({
    ...row,
    lowNanoUsd: BigInt(low),
    midNanoUsd: BigInt(mid),
    highNanoUsd: BigInt(high),
  }));
}
