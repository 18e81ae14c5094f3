// Sums of outcomes: the columns that are summed up for a day, and that are read from the rows of a day without sums.
import { type RawBuilder, sql } from 'kysely';

export const complexityBands = ['low', 'medium', 'high'] as const;
export type ComplexityBand = (typeof complexityBands)[number];
/**
 * The complexities at which the second and third bands start; from the first one on, routing no longer uses the
 * lightest model.
 */
const bandBounds = [0.3, 0.6] as const;

export function bandAt(complexity: number): ComplexityBand {
  return complexity < bandBounds[0] ? 'low' : complexity < bandBounds[1] ? 'medium' : 'high';
}

/**
 * Selects the rows `v` of outcome vectors that say something about who made the attempt. A person's cancel, an
 * unavailable provider or remote, a missing program and a limit say nothing about a model (R-LRN-2, R-REC-6).
 */
export const isOfMaker = sql<boolean>`(v.success or coalesce(v.fault, 'work') in ('work', 'time'))`;
export const isOfModel = sql<boolean>`(v.model is not null and coalesce(v.counts, ${isOfMaker}))`;

export const bandOf = (complexity: RawBuilder<unknown>) => sql<ComplexityBand>`case
    when ${complexity} < ${sql.lit(bandBounds[0])} then 'low' when ${complexity} < ${sql.lit(bandBounds[1])} then 'medium'
    else 'high' end`;

export const outcomeKeys = sql`v.model, v.agent, ${bandOf(sql`v.complexity`)} as band,
  v.failure_class, v.success, v.refinement_cycles as cycles`;

/**
 * The cost of a single attempt. A vector has the cost of its work order so far, so this is the difference from the end
 * of the previous attempt, which is found by an index for each row.
 */
export const ownCost = sql`lateral (
    select greatest(0, v.cost_nano_usd - coalesce((
      select before.cost_nano_usd from outcome_vectors before
      where before.work_order_id = v.work_order_id and (before.created_at, before.id) < (v.created_at, v.id)
      order by before.created_at desc, before.id desc limit 1), 0)) as nano_usd
  ) own`;

export const outcomeSums = sql`count(*) as attempts, coalesce(sum(own.nano_usd), 0)::bigint as nano_usd,
  coalesce(sum(v.duration_ms), 0)::bigint as duration_ms`;
