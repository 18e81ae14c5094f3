// What came of attempts, counted: by who made them, by how hard they were, by how they failed (R-LRN-2).
import { sql } from 'kysely';
import type { FailureClass } from '../domain/failure.ts';
import type { Query } from './database.ts';

export interface OutcomeCount {
  model: string;
  agent: string;
  band: ComplexityBand;
  /** Null: it succeeded, or it failed without a name. */
  failureClass: FailureClass | null;
  success: boolean;
  cycles: number;
  attempts: number;
  costNanoUsd: bigint;
  durationMs: number;
}

export const complexityBands = ['low', 'medium', 'high'] as const;
export type ComplexityBand = (typeof complexityBands)[number];
/** Where the second and the third begin; the first of these is where routing leaves the lightest model. */
const bandBounds = [0.3, 0.6] as const;

/** Of an attempt that ended before a model was chosen. */
const noModel = 'none';

/**
 * Of those that ended within the span. A vector holds what its work order had cost by then; an attempt cost what that is
 * more than at the end of the attempt before.
 */
export async function countOutcomes(query: Query, since: Date, until: Date): Promise<OutcomeCount[]> {
  type Numbers = 'attempts' | 'durationMs';
  const { rows } = await sql<Omit<OutcomeCount, Numbers> & Record<Numbers, bigint>>`
    with own as (
      select created_at, model, agent, complexity, failure_class, success, refinement_cycles, duration_ms,
        greatest(0, cost_nano_usd - coalesce(
          lag(cost_nano_usd) over (partition by work_order_id order by created_at), 0)) as own_nano_usd
      from outcome_vectors
      where work_order_id in (select work_order_id from outcome_vectors where created_at >= ${since})
    )
    select coalesce(model, ${noModel}) as model, agent,
      case when complexity < ${bandBounds[0]} then 'low' when complexity < ${bandBounds[1]} then 'medium' else 'high' end as band,
      failure_class, success, refinement_cycles as cycles, count(*) as attempts,
      sum(own_nano_usd)::bigint as cost_nano_usd, sum(duration_ms)::bigint as duration_ms
    from own where created_at >= ${since} and created_at < ${until}
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`.execute(query);
  return rows.map((row) => ({
    ...row,
    attempts: Number(row.attempts),
    durationMs: Number(row.durationMs),
  }));
}
