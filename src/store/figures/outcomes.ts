// Counts the outcomes of attempts: by model and agent, by complexity, and by kind of failure (R-LRN-2).
import { type Insertable, sql } from 'kysely';
import type { FailureClass } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { type ComplexityBand, isOfModel, outcomeKeys, outcomeSums, ownCost } from './outcome-sums.ts';
import { dayMs, rolledAndRest } from './summed-spans.ts';

export interface OutcomeCount {
  model: string;
  agent: string;
  band: ComplexityBand;
  /** Null if it succeeded, or failed without a class. */
  failureClass: FailureClass | null;
  success: boolean;
  cycles: number;
  attempts: number;
  costNanoUsd: bigint;
  durationMs: number;
}

const keys = ['model', 'agent', 'band', 'failureClass', 'success', 'cycles'] satisfies Array<
  keyof OutcomeCount
>;

/** Adds the outcome of a try; a second one for the same try changes nothing, and returns false. */
export async function insertOutcome(
  query: Query,
  row: Insertable<Tables['outcomeVectors']>,
): Promise<boolean> {
  const added = await query
    .insertInto('outcomeVectors')
    .values(row)
    .onConflict((conflict) => conflict.columns(['runId', 'try']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

/** Counts the outcomes of attempts that ended within the span; days with sums are read from those. */
export async function countOutcomes(query: Query, since: Date, until: Date): Promise<OutcomeCount[]> {
  type Numbers = 'attempts' | 'durationMs';
  const { rows } = await sql<Omit<OutcomeCount, Numbers> & Record<Numbers, bigint>>`
    with ${rolledAndRest('outcomes', { since, until, unitMs: dayMs, mayBeSummed: true })},
    parts as (
      select d.model, d.agent, d.band, d.failure_class, d.success, d.cycles, d.attempts, d.nano_usd, d.duration_ms
      from rolled join outcome_days d on d.day = rolled.at
      union all
      select ${outcomeKeys}, ${outcomeSums}
      from rest cross join lateral (
        select * from outcome_vectors v
        where v.created_at >= rest.since and v.created_at < rest.until and ${isOfModel}
      ) v, ${ownCost}
      group by 1, 2, 3, 4, 5, 6
    )
    -- As one value: of six columns the database expects so many groups that it sorts all rows instead of hashing them.
    select min(model) as model, min(agent) as agent, min(band) as band,
      min(failure_class) as failure_class, bool_and(success) as success, min(cycles) as cycles,
      sum(attempts)::bigint as attempts, sum(nano_usd)::bigint as cost_nano_usd, sum(duration_ms)::bigint as duration_ms
    from parts group by row(model, agent, band, failure_class, success, cycles)`.execute(query);
  return rows
    .map((row) => ({ ...row, attempts: Number(row.attempts), durationMs: Number(row.durationMs) }))
    .sort(byKeys);
}

/** Sorted here, because the database would sort each row by six columns before adding them up. */
function byKeys(one: OutcomeCount, other: OutcomeCount): number {
  for (const key of keys) {
    const [a, b] = [one[key] ?? '', other[key] ?? ''];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/** How many attempts of a work order failed because of the task or the model. */
export async function failedAttempts(query: Query, workOrderId: WorkOrderId): Promise<number> {
  const { rows } = await sql<{ failed: number }>`
    select count(*)::int as failed from outcome_vectors v
    where v.work_order_id = ${workOrderId} and not v.success and ${isOfModel}`.execute(query);
  return rows[0]?.failed ?? 0;
}
