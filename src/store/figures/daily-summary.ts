// The summary of a day: work done, money spent and wasted, recoveries, questions, and what was open at its end (R-ESC-6).
import { sql } from 'kysely';
import type { Query } from '../database.ts';
import { readyToMerge } from '../work/work-orders/ready-to-merge.ts';

export interface DailySummary {
  /** The date in `timeZone`, such as `2026-01-31`. */
  day: string;
  timeZone: string;
  /** True if the day is not over yet. */
  isSoFar: boolean;
  submitted: number;
  completed: number;
  failed: number;
  cancelled: number;
  /** The titles of the newest completed work orders, at most ten. */
  completedTitles: string[];
  spentNanoUsd: bigint;
  /**
   * The part of the money that went to runs which ended without success; runs that are still running are not counted.
   */
  wastedNanoUsd: bigint;
  /** The number of failures of that day; below, how many were recovered and how many were not. */
  errors: number;
  recovered: number;
  unrecovered: number;
  escalated: number;
  answered: number;
  /** Counted at the end of the day, or now. */
  openEscalations: number;
  openWorkOrders: number;
  /** Counted now: the changes that wait for a person to merge them. */
  readyToMerge: number;
  openAlerts: number;
}

interface Span {
  day: string;
  timeZone: string;
  startsAt: Date;
  endsAt: Date;
  isSoFar: boolean;
}

const titlesMax = 10;

/** `day` is a calendar day such as `2026-01-31`; today if it is left out. */
export async function readDailySummary(query: Query, day?: string): Promise<DailySummary> {
  const { startsAt, endsAt, ...span } = await spanOf(query, day);
  const isIn = (column: string) => sql`${sql.ref(column)} >= ${startsAt} and ${sql.ref(column)} < ${endsAt}`;
  const { rows } = await sql<Omit<DailySummary, keyof Span>>`
    with ended as (select status, title, finished_at from work_orders where ${isIn('finished_at')}),
    -- By their ids, once for each run: a join would read all runs that there ever were.
    calls as (select actual_nano_usd, (select r.outcome from runs r where r.id = run_id) as outcome from (
      select run_id, sum(actual_nano_usd) as actual_nano_usd from cost_tracking
      where type = 'actual' and ${isIn('created_at')} group by run_id) by_run),
    failures as (select recovery_success from error_events where ${isIn('timestamp')})
    select (select count(*) from work_orders where ${isIn('created_at')})::int as submitted,
      (select count(*) from ended where status = 'completed')::int as completed,
      (select count(*) from ended where status = 'failed')::int as failed,
      (select count(*) from ended where status = 'cancelled')::int as cancelled,
      array(select title from ended where status = 'completed' order by finished_at desc limit ${titlesMax})
        as completed_titles,
      (select coalesce(sum(actual_nano_usd), 0) from calls)::bigint as spent_nano_usd,
      (select coalesce(sum(actual_nano_usd), 0) from calls where outcome <> 'completed')::bigint as wasted_nano_usd,
      (select count(*) from failures)::int as errors,
      (select count(*) from failures where recovery_success)::int as recovered,
      (select count(*) from failures where not recovery_success)::int as unrecovered,
      (select count(*) from escalations where ${isIn('created_at')})::int as escalated,
      (select count(*) from escalations where ${isIn('resolved_at')})::int as answered,
      (select count(*) from escalations where created_at < ${endsAt}
        and (resolved_at is null or resolved_at >= ${endsAt}))::int as open_escalations,
      ((select count(*) from work_orders where finished_at is null and created_at < ${endsAt})
        + (select count(*) from work_orders where finished_at >= ${endsAt} and created_at < ${endsAt}))::int as open_work_orders,
      (select count(*) from (${readyToMerge}) proposed)::int as ready_to_merge,
      (select count(*) from system_alerts where created_at < ${endsAt}
        and (resolved_at is null or resolved_at >= ${endsAt}))::int as open_alerts`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('A summary has one row');
  return { ...span, ...row };
}

/** The time zone in which days begin and end, as for budgets; UTC if the zone is unknown. */
const zone = sql<string>`coalesce((
  -- The list of all zones is read from as many files: not for the one that needs no looking up.
  select case when c.value #>> '{}' = 'UTC' then 'UTC' else (select z.name from pg_timezone_names z where z.name = c.value #>> '{}') end
  from system_config c where c.key = 'budget.time_zone'), 'UTC')`;

/** The local hour and the previous day. `hasHistory`: this Moose got work before today. */
export async function localNow(
  query: Query,
): Promise<{ hour: number; yesterday: string; hasHistory: boolean }> {
  const { rows } = await sql<{ hour: number; yesterday: string; hasHistory: boolean }>`
    with setting as materialized (select ${zone} as zone),
    here as (select zone, clock_timestamp() at time zone zone as at from setting)
    select extract(hour from at)::int as hour, to_char(at::date - 1, 'YYYY-MM-DD') as yesterday,
      exists (select 1 from work_orders where created_at < at::date::timestamp at time zone zone) as has_history
    from here`.execute(query);
  const [now] = rows;
  if (!now) throw new TypeError('There is a local time');
  return now;
}

async function spanOf(query: Query, day: string | undefined): Promise<Span> {
  const { rows } = await sql<Span>`
    with setting as materialized (select ${zone} as zone),
    chosen as (select zone, coalesce(${day ?? null}::date, (clock_timestamp() at time zone zone)::date) as day
      from setting)
    select to_char(day, 'YYYY-MM-DD') as day, zone as time_zone, day::timestamp at time zone zone as starts_at,
      (day + 1)::timestamp at time zone zone as ends_at,
      clock_timestamp() < (day + 1)::timestamp at time zone zone as is_so_far from chosen`.execute(query);
  const [span] = rows;
  if (!span) throw new TypeError('A day has a span');
  return span;
}
