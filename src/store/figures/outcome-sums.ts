// Sums of outcomes: what a day is summed up to, and what is read from a day without sums.
import { sql } from 'kysely';

export const complexityBands = ['low', 'medium', 'high'] as const;
export type ComplexityBand = (typeof complexityBands)[number];
/** The starts of the second and third bands; the first of these is where routing leaves the lightest model. */
const bandBounds = [0.3, 0.6] as const;

/**
 * For rows `v` of outcome vectors: those that say something about who made the attempt. A person's cancel, an
 * unavailable provider or remote, a missing program and a limit say nothing about a model (R-LRN-2, R-REC-6).
 */
export const isOfMaker = sql<boolean>`(v.success or coalesce(v.fault, 'work') in ('work', 'time'))`;
export const isOfModel = sql<boolean>`(v.model is not null and ${isOfMaker})`;

export const outcomeKeys = sql`v.model, v.agent,
  case when v.complexity < ${sql.lit(bandBounds[0])} then 'low' when v.complexity < ${sql.lit(bandBounds[1])} then 'medium'
    else 'high' end as band,
  v.failure_class, v.success, v.refinement_cycles as cycles`;

/**
 * A vector has the cost of its work order so far; an attempt cost the difference from the end of the previous attempt.
 * Found by its index for each.
 */
export const ownCost = sql`lateral (
    select greatest(0, v.cost_nano_usd - coalesce((
      select before.cost_nano_usd from outcome_vectors before
      where before.work_order_id = v.work_order_id and (before.created_at, before.id) < (v.created_at, v.id)
      order by before.created_at desc, before.id desc limit 1), 0)) as nano_usd
  ) own`;

export const outcomeSums = sql`count(*) as attempts, coalesce(sum(own.nano_usd), 0)::bigint as nano_usd,
  coalesce(sum(v.duration_ms), 0)::bigint as duration_ms`;
