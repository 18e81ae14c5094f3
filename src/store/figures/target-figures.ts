// The figures behind the objectives: resolved failures per class, the cost of recovery, and the quality of messages.
import { sql } from 'kysely';
import type { FailureClass } from '../../domain/failure.ts';
import type { BurnWindow, Resolved } from '../../domain/limits/targets.ts';
import { burnWindows } from '../../domain/limits/targets.ts';
import type { Query } from '../database.ts';

export interface ClassFigures extends Resolved {
  failureClass: FailureClass;
  p50Ms: number | null;
  p95Ms: number | null;
  windows: Record<BurnWindow, Resolved>;
}

/** Failures resolved within the last days, by class. */
export async function classFigures(query: Query, now: Date, days: number): Promise<ClassFigures[]> {
  const since = new Date(now.getTime() - days * 24 * 3_600_000);
  const within = Object.entries(burnWindows).map(([name, ms]) => {
    const from = sql`resolved_at > ${new Date(now.getTime() - ms)}::timestamptz`;
    return sql`${sql.lit(name)}, jsonb_build_object(
      'recovered', count(*) filter (where recovery_success and ${from}),
      'unrecovered', count(*) filter (where not recovery_success and ${from}))`;
  });
  const { rows } = await sql<ClassFigures>`
    select failure_class, count(*) filter (where recovery_success)::int as recovered,
      count(*) filter (where not recovery_success)::int as unrecovered,
      percentile_cont(0.5) within group (order by resolution_time_ms) filter (where recovery_success) as p50_ms,
      percentile_cont(0.95) within group (order by resolution_time_ms) filter (where recovery_success) as p95_ms,
      jsonb_build_object(${sql.join(within)}) as windows
    from error_events where resolved_at > ${since}::timestamptz and resolved_at <= ${now}::timestamptz
    group by failure_class order by failure_class`.execute(query);
  return rows;
}

export interface RecoveryCost {
  failureClass: FailureClass;
  failures: number;
  meanUsd: number;
}

const costedMax = 1_000;

/**
 * The cost of a run's calls from a failure to its recovery, on average over the newest recovered failures of runs. If
 * several failures were open at the same time, each is charged the whole cost.
 */
export async function recoveryCosts(query: Query, now: Date, days: number): Promise<RecoveryCost[]> {
  const since = new Date(now.getTime() - days * 24 * 3_600_000);
  const { rows } = await sql<RecoveryCost>`
    select e.failure_class, count(*)::int as failures, (avg(spent.nano_usd) / 1e9)::float8 as mean_usd
    from (select failure_class, run_id, timestamp, resolved_at from error_events
      where resolved_at > ${since}::timestamptz and resolved_at <= ${now}::timestamptz and recovery_success
        and run_id is not null order by resolved_at desc limit ${costedMax}) e
    cross join lateral (select coalesce(sum(actual_nano_usd), 0) as nano_usd from cost_tracking c
      where c.run_id = e.run_id
        and c.work_order_id = (select work_order_id from runs where id = e.run_id) and c.type = 'actual' and c.created_at > e.timestamp
        and c.created_at <= e.resolved_at) spent
    group by e.failure_class`.execute(query);
  return rows;
}

export interface MessageFigures {
  errors: number;
  withCause: number;
  withEvidence: number;
  withAdvice: number;
  complete: number;
  lacking: Array<{ code: string; errors: number; lacks: string[] }>;
}

const judgedMax = 2_000;
const lackingMax = 10;

/** Judges the newest errors of the last days. */
export async function messageFigures(query: Query, now: Date, days: number): Promise<MessageFigures> {
  const since = new Date(now.getTime() - days * 24 * 3_600_000);
  const { rows } = await sql<MessageFigures>`
    with judged as materialized (
      select error_type,
        btrim(error_message) <> '' and error_type <> 'UNEXPECTED' as cause,
        case when metadata ? 'hasWholeEvidence' then metadata -> 'hasWholeEvidence' = 'true'
          else session_id is not null or metadata - 'advice' <> '{}' end as evidence,
        btrim(coalesce(metadata ->> 'advice', '')) <> '' as advice
      from error_events where timestamp > ${since}::timestamptz and timestamp <= ${now}::timestamptz
      order by timestamp desc limit ${judgedMax}
    ), lacking as (
      select error_type, count(*) as n, array_remove(array[case when not bool_and(cause) then 'cause' end,
        case when not bool_and(evidence) then 'evidence' end, case when not bool_and(advice) then 'advice' end], null) as lacks
      from judged where not (cause and evidence and advice) group by error_type order by n desc, error_type limit ${lackingMax}
    )
    select count(*)::int as errors, (count(*) filter (where cause))::int as with_cause,
      (count(*) filter (where evidence))::int as with_evidence, (count(*) filter (where advice))::int as with_advice,
      (count(*) filter (where cause and evidence and advice))::int as complete,
      (select coalesce(jsonb_agg(jsonb_build_object('code', error_type, 'errors', n, 'lacks', lacks) order by n desc, error_type), '[]')
        from lacking) as lacking
    from judged`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('The figures have one row');
  return row;
}
