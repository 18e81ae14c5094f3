// Splits a time span into parts that may be read from sums and parts that must be read row by row. The result is exact
// at the moment of reading, whatever is summed up or changed meanwhile.
import { type RawBuilder, sql } from 'kysely';
import type { RollTopic } from './roll-up-days.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export interface SummedSpan {
  since: Date;
  /** The end of the span, which does not belong to it. */
  until: Date;
  /** The time that each sum covers: a day, or a day divided by a whole number. */
  unitMs: number;
  /** If false, everything is read row by row. */
  mayBeSummed: boolean;
}

/**
 * `rolled`: the starts of the units that may be read from sums. `rest`: the spans between, each at most a unit long, so
 * that an index finds each. Parts of units have no sums.
 */
export function rolledAndRest(
  topic: RollTopic,
  { since, until, unitMs, mayBeSummed }: SummedSpan,
): RawBuilder<unknown> {
  const unit = sql`${sql.lit(unitMs)} * interval '1 ms'`;
  return sql`span as (
      select ${since}::timestamptz as since, ${until}::timestamptz as until
    ),
    units as (
      select each.at, greatest(each.at, span.since) as since, least(each.at + ${unit}, span.until) as until
      from span, generate_series(date_bin(${unit}, span.since, 'epoch'), span.until, ${unit}) as each (at)
    ),
    rolled as materialized (
      select u.at from units u join rolled_days r on r.topic = ${topic} and r.day = date_trunc('day', u.at, 'UTC')
      where ${mayBeSummed} and u.until - u.since = ${unit}
        and not exists (select from stale_days s where s.topic = ${topic} and s.day = r.day)
    ),
    rest as materialized (
      select u.since, u.until from units u where u.since < u.until and u.at not in (select at from rolled)
    )`;
}
