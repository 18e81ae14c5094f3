// Compares the money counters with what they count: windows with their envelopes, envelopes with their calls (R-BUD-2).
import { sql } from 'kysely';
import type { Query } from '../database.ts';

export interface BudgetDifference {
  /** `day:2026-01-31`, or `envelope:<id>`. */
  of: string;
  counter: 'held' | 'spent' | 'presumed' | 'open';
  countedNanoUsd: bigint;
  /** The correct amount: the sum of the rows. */
  summedNanoUsd: bigint;
}

/** How many differences are returned; if there are more, the investigator has to count them. */
const differencesMax = 100;

/** One statement, and so one moment: concurrent bookings are in both, or in neither. */
export async function proveBudget(query: Query): Promise<BudgetDifference[]> {
  const { rows } = await sql<BudgetDifference>`
    with envelope_sums as (
      select key, sum(held_by_envelope(e))::bigint as held, sum(drawn_spent_nano_usd)::bigint as spent,
        sum(drawn_presumed_nano_usd)::bigint as presumed
      from cost_tracking e, unnest(e.window_keys) as named (key) where e.type = 'reservation' group by key
    ),
    call_sums as (
      select reservation_id,
        coalesce(sum(reserved_nano_usd) filter (where status = 'sent'), 0)::bigint as open,
        coalesce(sum(actual_nano_usd) filter (where status = 'settled'), 0)::bigint as spent,
        coalesce(sum(actual_nano_usd) filter (where status = 'presumed'), 0)::bigint as presumed
      from cost_tracking where type = 'actual' and reservation_id is not null group by reservation_id
    ),
    compared as (
      select coalesce(w.key, s.key) as of, counter, counted, summed
      from budget_windows w full join envelope_sums s on s.key = w.key, lateral (values
        ('held', coalesce(w.held_nano_usd, 0), coalesce(s.held, 0)),
        ('spent', coalesce(w.spent_nano_usd, 0), coalesce(s.spent, 0)),
        ('presumed', coalesce(w.presumed_nano_usd, 0), coalesce(s.presumed, 0))) as each (counter, counted, summed)
      union all
      select 'envelope:' || e.id, counter, counted, summed
      from cost_tracking e left join call_sums s on s.reservation_id = e.id, lateral (values
        ('open', e.drawn_open_nano_usd, coalesce(s.open, 0)),
        ('spent', e.drawn_spent_nano_usd, coalesce(s.spent, 0)),
        ('presumed', e.drawn_presumed_nano_usd, coalesce(s.presumed, 0))) as each (counter, counted, summed)
      where e.type = 'reservation'
    )
    select of, counter, counted as counted_nano_usd, summed as summed_nano_usd from compared
    where counted <> summed order by of, counter limit ${differencesMax}`.execute(query);
  return rows;
}
