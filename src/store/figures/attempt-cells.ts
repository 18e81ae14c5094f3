// The attempts that count, by all traits that patterns are searched in (R-LRN-3).
import { sql } from 'kysely';
import type { FailureClass } from '../../domain/failure.ts';
import type { WorkTraits } from '../../domain/work-order/work-cell.ts';
import type { Query } from '../database.ts';
import { bandOf, isOfModel } from './outcome-sums.ts';

export interface AttemptCell extends WorkTraits {
  model: string;
  /** Null if it succeeded, or failed without a class. */
  failureClass: FailureClass | null;
  success: boolean;
  count: number;
}

export async function attemptCells(query: Query, since: Date): Promise<AttemptCell[]> {
  const { rows } = await sql<AttemptCell>`
    select v.model, v.success, v.failure_class, ${bandOf(sql`v.complexity`)} as band,
      coalesce(v.features ->> 'kind', 'other') as kind, v.features ->> 'language' as language,
      array(select jsonb_array_elements_text(v.features -> 'hardStopWords')
        where jsonb_typeof(v.features -> 'hardStopWords') = 'array' order by 1) as words,
      count(*)::int as count
    from outcome_vectors v where v.created_at >= ${since} and ${isOfModel}
    group by 1, 2, 3, 4, 5, 6, 7`.execute(query);
  return rows;
}

export interface CycleCount {
  cycles: number;
  success: boolean;
  attempts: number;
  costNanoUsd: bigint;
}

/** The number of runs by number of refinement cycles: each run with the outcome of its last try, and its total cost. */
export async function cycleCounts(query: Query, since: Date): Promise<CycleCount[]> {
  const { rows } = await sql<CycleCount>`
    with ends as (select distinct on (v.run_id) v.run_id, v.work_order_id, v.refinement_cycles, v.success
      from outcome_vectors v where v.created_at >= ${since} and ${isOfModel} order by v.run_id, v.try desc)
    select v.refinement_cycles as cycles, v.success, count(*)::int as attempts,
      coalesce(sum((select sum(c.actual_nano_usd) from cost_tracking c where c.work_order_id = v.work_order_id
        and c.run_id = v.run_id and c.type = 'actual')), 0)::bigint as cost_nano_usd
    from ends v group by 1, 2 order by 1, 2`.execute(query);
  return rows;
}
