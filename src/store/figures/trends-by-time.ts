// Spend, errors and throughput in equal time spans. Days with sums are read from those, everything else row by row. The
// result is exact at the moment of reading, whatever is summed up or changed meanwhile.
import { type RawBuilder, sql } from 'kysely';
import type { FailureClass } from '../../domain/failure.ts';
import type { Query } from '../database.ts';
import { costSums, errorSums } from './roll-up-days.ts';
import { dayMs, rolledAndRest, type SummedSpan } from './summed-spans.ts';

export interface TrendSpan {
  /** `since` and `until` are starts of buckets, or `until` is now. `until` itself is not part of the span. */
  since: Date;
  until: Date;
  bucketMs: number;
}

export interface SpendRow {
  at: Date;
  model: string;
  /** Empty if the cost belongs to no project. */
  project: string;
  nanoUsd: bigint;
  presumedNanoUsd: bigint;
  wastedNanoUsd: bigint;
  calls: number;
}

export interface ErrorRow {
  at: Date;
  failureClass: FailureClass;
  /** Empty if no recovery was tried. */
  strategy: string;
  errors: number;
  recovered: number;
  unrecovered: number;
  recoveryMs: number;
}

export interface ThroughputRow {
  at: Date;
  submitted: number;
  completed: number;
  failed: number;
  asked: number;
}

export interface QuestionsRow {
  at: Date;
  /** At the end of the period. */
  open: number;
  asked: number;
  answered: number;
  /** Of the questions that were answered in this period; null if none was. */
  answerMs: number | null;
  /** Of the questions that reached a channel in this period; null if none did. */
  deliveryMs: number | null;
}

/** Spend by booking time: when the cost of each call became known, or was presumed. */
export async function spendByTime(query: Query, span: TrendSpan): Promise<SpendRow[]> {
  const { rows } = await sql<Omit<SpendRow, 'calls'> & { calls: bigint }>`
    with ${rolledAndRest('costs', daysOf(span))},
    parts as (
      select ${bucketOf(sql`d.day`, span)} as at, d.model, d.project_id,
        d.nano_usd, d.presumed_nano_usd, d.wasted_nano_usd, d.calls
      from rolled join cost_days d on d.day = rolled.at
      union all
      -- By its id, once for each work order: a join would read them all.
      select at, model, (select o.project_id from work_orders o where o.id = work_order_id), nano_usd, presumed_nano_usd,
        wasted_nano_usd, calls
      from (
        select ${bucketOf(sql`c.settled_at`, span)} as at, coalesce(c.model, c.service_name) as model, c.work_order_id, ${costSums}
        from rest cross join lateral (
          select * from cost_tracking where type = 'actual' and status in ('settled', 'presumed')
            and settled_at >= rest.since and settled_at < rest.until
        ) c
        group by 1, 2, 3
      ) as spent
    )
    select parts.at, parts.model, coalesce(p.name, '') as project, sum(nano_usd)::bigint as nano_usd,
      sum(presumed_nano_usd)::bigint as presumed_nano_usd, sum(wasted_nano_usd)::bigint as wasted_nano_usd,
      sum(calls)::bigint as calls
    from parts left join projects p on p.id = parts.project_id group by 1, 2, 3 order by 1, 2, 3`.execute(
    query,
  );
  return rows.map((row) => ({ ...row, calls: Number(row.calls) }));
}

export async function errorsByTime(query: Query, span: TrendSpan): Promise<ErrorRow[]> {
  type Sums = 'errors' | 'recovered' | 'unrecovered' | 'recoveryMs';
  const { rows } = await sql<Omit<ErrorRow, Sums> & Record<Sums, bigint>>`
    with ${rolledAndRest('errors', daysOf(span))},
    parts as (
      select ${bucketOf(sql`d.day`, span)} as at, d.failure_class, d.strategy,
        d.errors, d.recovered, d.unrecovered, d.recovery_ms
      from rolled join error_days d on d.day = rolled.at
      union all
      select ${bucketOf(sql`e.timestamp`, span)}, e.failure_class, coalesce(e.recovery_strategy, ''), ${errorSums}
      from rest cross join lateral (
        select * from error_events where timestamp >= rest.since and timestamp < rest.until
      ) e
      group by 1, 2, 3
    )
    select at, failure_class, strategy, sum(errors)::bigint as errors, sum(recovered)::bigint as recovered,
      sum(unrecovered)::bigint as unrecovered, sum(recovery_ms)::bigint as recovery_ms
    from parts group by 1, 2, 3 order by 1, 2, 3`.execute(query);
  return rows.map((row) => ({
    ...row,
    errors: Number(row.errors),
    recovered: Number(row.recovered),
    unrecovered: Number(row.unrecovered),
    recoveryMs: Number(row.recoveryMs),
  }));
}

/** Work orders by when they were submitted and ended, and questions by when they were asked. */
export async function throughputByTime(query: Query, span: TrendSpan): Promise<ThroughputRow[]> {
  const { since, until } = span;
  const isIn = (at: RawBuilder<unknown>) => sql`${at} >= ${since} and ${at} < ${until}`;
  const createdAt = sql.ref('created_at');
  const finishedAt = sql.ref('finished_at');
  const { rows } = await sql<ThroughputRow>`
    with each as (
      select ${bucketOf(createdAt, span)} as at, 'submitted' as what, count(*) as times from work_orders
        where ${isIn(createdAt)} group by 1
      union all
      select ${bucketOf(finishedAt, span)}, status::text, count(*) from work_orders
        where ${isIn(finishedAt)} and status in ('completed', 'failed') group by 1, 2
      union all
      select ${bucketOf(createdAt, span)}, 'asked', count(*) from escalations where ${isIn(createdAt)} group by 1
    )
    select at, coalesce(sum(times) filter (where what = 'submitted'), 0)::int as submitted,
      coalesce(sum(times) filter (where what = 'completed'), 0)::int as completed,
      coalesce(sum(times) filter (where what = 'failed'), 0)::int as failed,
      coalesce(sum(times) filter (where what = 'asked'), 0)::int as asked
    from each group by at order by at`.execute(query);
  return rows;
}

/** Every period has a row. */
export async function questionsByTime(query: Query, span: TrendSpan): Promise<QuestionsRow[]> {
  const { since, until, bucketMs } = span;
  const { rows } = await sql<QuestionsRow>`
    with each as (
      select at, least(at + ${bucketMs}::float8 * interval '1 ms', ${until}::timestamptz) as ends
      from generate_series(${since}::timestamptz, ${until}::timestamptz - interval '1 ms', ${bucketMs}::float8 * interval '1 ms') at
    ),
    answered as (
      select ${bucketOf(sql.ref('resolved_at'), span)} as at, count(*)::int as times,
        avg(extract(epoch from resolved_at - created_at) * 1000)::float8 as ms
      from escalations where status = 'resolved' and resolved_at >= ${since} and resolved_at < ${until} group by 1
    ),
    delivered as (
      select ${bucketOf(sql.ref('first_at'), span)} as at, avg(extract(epoch from first_at - created_at) * 1000)::float8 as ms
      from (select e.created_at, min(o.delivered_at) as first_at from outbox o
        join escalations e on e.id::text = substr(o.key, length('escalation.opened:') + 1, 36)
        where o.kind = 'escalation.opened' and o.delivered_at >= ${since} and o.delivered_at < ${until}
        group by e.id, e.created_at) first group by 1
    )
    select each.at,
      (select count(*) from escalations e where e.created_at < each.ends
        and (e.status in ('open', 'chosen') or coalesce(e.resolved_at, e.updated_at) >= each.ends))::int as open,
      (select count(*) from escalations e where e.created_at >= each.at and e.created_at < each.ends)::int as asked,
      coalesce(answered.times, 0) as answered, answered.ms as answer_ms, delivered.ms as delivery_ms
    from each left join answered on answered.at = each.at left join delivered on delivered.at = each.at
    order by each.at`.execute(query);
  return rows;
}

/** How many whole days of the span have no valid sums: they would be read row by row. */
export async function countUnsummedDays(query: Query, span: TrendSpan): Promise<number> {
  const { rows } = await sql<{ days: bigint }>`
    select (select count(*) from (with ${rolledAndRest('errors', daysOf(span))} select * from rest where until - since = interval '24 hours') e)
      + (select count(*) from (with ${rolledAndRest('costs', daysOf(span))} select * from rest where until - since = interval '24 hours') c)
      as days`.execute(query);
  return Number(rows[0]?.days ?? 0);
}

/** Spans start at multiples of their length, in milliseconds since 1970. */
function bucketOf(at: RawBuilder<unknown>, { bucketMs }: TrendSpan): RawBuilder<Date> {
  return sql<Date>`date_bin(${bucketMs}::float8 * interval '1 ms', ${at}, 'epoch'::timestamptz)`;
}

/** Parts of days have no sums. */
const daysOf = ({ since, until, bucketMs }: TrendSpan): SummedSpan => ({
  since,
  until,
  unitMs: dayMs,
  mayBeSummed: bucketMs % dayMs === 0,
});
