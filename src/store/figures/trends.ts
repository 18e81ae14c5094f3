// Recent events compared with the normal level: counted by the database, only from the newest hours.
import { type RawBuilder, sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import { wholeAgentRun } from '../money/costs.ts';
import { isOfModel } from './outcome-sums.ts';

export interface Windows {
  now: Date;
  recentMs: number;
  /** How far back a trend is searched for; the recent time is the last part of this. */
  newestMs: number;
  /** The time before that, for comparison. */
  baselineMs: number;
}

export interface CountedShare {
  signal: 'failure_rate' | 'refusals' | 'retries' | 'outcomes';
  component: string;
  subject: string;
  /** The newest results, oldest first: true for each bad one. */
  newest: boolean[];
  recentCount: number;
  baselineBad: number;
  baselineAll: number;
}

/** How many of the newest results are read for one step or model. */
const newestMax = 2_000;

/**
 * For each step and each model: how many attempts failed, were useless, were retried or had no result, and how many
 * there were.
 */
export async function shareTallies(query: Query, windows: Windows): Promise<CountedShare[]> {
  const { since, newestFrom, recentFrom, now } = boundsOf(windows);
  const { rows } = await sql<CountedShare>`
    with seen as (
      select 'failure_rate' as signal, 'model' as component, metadata ->> 'model' as subject, timestamp as at, true as bad
      from error_events where timestamp between ${since} and ${now} and component = 'models'
        and error_type not like 'MODEL\\_ANSWER\\_%' and metadata ->> 'model' is not null
      union all
      select signal, 'model', actor, at, signal = 'refusals' and detail ->> 'kind' <> 'object'
      from work_order_events, (values ('failure_rate'), ('refusals')) as of (signal)
      where at between ${since} and ${now} and kind = 'model.answered'
      union all
      select signal, 'step', step::text, timestamp, true
      from error_events, (values ('failure_rate'), ('retries')) as of (signal)
      where timestamp between ${since} and ${now} and step is not null
        and (signal = 'failure_rate' or recovery_strategy in ('retry', 'fall_back'))
      union all
      select signal, 'step', detail ->> 'step', at, false
      from work_order_events, (values ('failure_rate'), ('retries')) as of (signal)
      where at between ${since} and ${now} and kind = 'step.finished' and detail ->> 'step' is not null
      union all
      select 'outcomes', 'model', model, created_at, not success
      from outcome_vectors v where created_at between ${since} and ${now} and ${isOfModel}
    )
    select signal, component, subject,
      coalesce(array_agg(bad order by at) filter (where at >= ${newestFrom}), '{}') as newest,
      count(*) filter (where at >= ${recentFrom})::int as recent_count,
      count(*) filter (where bad and at < ${newestFrom})::int as baseline_bad,
      count(*) filter (where at < ${newestFrom})::int as baseline_all
    from seen group by signal, component, subject`.execute(query);
  return rows.map((row) => ({ ...row, newest: row.newest.slice(-newestMax) }));
}

export interface CountedTimes {
  component: 'model' | 'step';
  subject: string;
  recentCount: number;
  recentMean: number;
  recentDeviation: number;
  baselineCount: number;
  baselineMean: number;
  baselineDeviation: number;
  timedOutAt: Date | null;
}

/** The natural logarithms of durations in milliseconds: of whole model calls, and of the step that runs the checks. */
export async function timeTallies(query: Query, windows: Windows): Promise<CountedTimes[]> {
  const { since, recentFrom, now } = boundsOf(windows);
  const figures = (name: string, condition: RawBuilder<unknown>) => sql`
    count(*) filter (where ${condition})::int as ${sql.ref(`${name}_count`)},
    coalesce(avg(ln(ms)) filter (where ${condition}), 0)::float8 as ${sql.ref(`${name}_mean`)},
    coalesce(stddev_samp(ln(ms)) filter (where ${condition}), 0)::float8 as ${sql.ref(`${name}_deviation`)}`;
  const { rows } = await sql<CountedTimes>`
    with seen as (
      select 'model' as component, model as subject, settled_at as at,
        greatest(1, coalesce(duration_ms, extract(epoch from settled_at - created_at) * 1000))::float8 as ms
      from cost_tracking where type = 'actual' and status = 'settled' and settled_at between ${since} and ${now}
        and (service_name <> ${wholeAgentRun} or gateway_id is not null) and model is not null
      union all
      select 'step', detail ->> 'step', at, greatest(1, (detail ->> 'durationMs')::float8)
      from work_order_events where at between ${since} and ${now} and kind = 'step.finished'
        and detail ->> 'step' = 'verifying' and detail ? 'durationMs'
    ), late as (
      select 'model' as component, metadata ->> 'model' as subject, max(timestamp) as at from error_events
      where timestamp between ${since} and ${now} and error_type = 'MODEL_TIMEOUT' group by 2
      union all
      select 'step', step::text, max(timestamp) from error_events
      where timestamp between ${since} and ${now} and step = 'verifying' and failure_class = 'timeout' group by 2
    )
    select seen.component, seen.subject, max(late.at) as timed_out_at,
      ${figures('recent', sql`seen.at >= ${recentFrom}`)}, ${figures('baseline', sql`seen.at < ${recentFrom}`)}
    from seen left join late on late.component = seen.component and late.subject = seen.subject
    group by seen.component, seen.subject`.execute(query);
  return rows;
}

function boundsOf({ now, recentMs, newestMs, baselineMs }: Windows) {
  const before = (ms: number) => new Date(now.getTime() - ms);
  return {
    now,
    recentFrom: before(recentMs),
    newestFrom: before(newestMs),
    since: before(newestMs + baselineMs),
  };
}

export interface CountedCircuit {
  key: string;
  failures: number;
  openedAt: Date | null;
}

/** Failures of providers within their circuits' window, and when each circuit last opened. */
export async function circuitTallies(query: Query, now: Date, windowMs: number): Promise<CountedCircuit[]> {
  const { rows } = await sql<CountedCircuit>`
    select coalesce(failed.key, c.key) as key, coalesce(failures, 0)::int as failures, c.opened_at
    from (select 'provider:' || (metadata ->> 'provider') as key, count(*) as failures from error_events
      where timestamp between ${new Date(now.getTime() - windowMs)} and ${now} and component = 'models'
        and category in ('transient', 'external') and metadata ->> 'provider' is not null
        and error_type <> 'CIRCUIT_OPEN'
      group by 1) failed
    full join (select * from circuit_states where kind = 'provider') c on c.key = failed.key`.execute(query);
  return rows;
}

export interface CountedBudget {
  key: string;
  limitNanoUsd: bigint;
  usedNanoUsd: bigint;
  endsAt: Date;
  latelyNanoUsd: bigint;
  latelyCalls: number;
}

/** The windows of the day and the month, including those that have just ended, with recent spend. */
export async function budgetTallies(query: Query, now: Date, latelyMs: number): Promise<CountedBudget[]> {
  const { rows } = await sql<CountedBudget>`
    with zone as (select coalesce(max(value #>> '{}'), 'UTC') as name from system_config where key = 'budget.time_zone'),
    lately as (select coalesce(sum(actual_nano_usd), 0)::bigint as nano_usd, count(*)::int as calls
      from cost_tracking where type = 'actual' and settled_at between ${new Date(now.getTime() - latelyMs)} and ${now})
    select w.key, w.limit_nano_usd, (w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd)::bigint as used_nano_usd,
      ends.at as ends_at, lately.nano_usd as lately_nano_usd, lately.calls as lately_calls
    from budget_windows w, zone, lately, lateral (select case
        when w.key like 'day:%' then (substr(w.key, 5)::timestamp + interval '1 day') at time zone zone.name
        else ((substr(w.key, 7) || '-01')::timestamp + interval '1 month') at time zone zone.name end as at) ends
    where (w.key like 'day:%' or w.key like 'month:%') and w.limit_nano_usd > 0
      and (ends.at > ${now} or 'budget:' || w.key in (select key from forecasts where ended_at is null))`.execute(
    query,
  );
  return rows;
}

export interface CountedStandstill {
  workOrderId: WorkOrderId;
  agentRuns: number;
  modelCalls: number;
  costNanoUsd: bigint;
  parkedAt: Date | null;
  isOpen: boolean;
}

/** What was spent since the newest verified fact: by all running work, and by work with a forecast. */
export async function standstillTallies(query: Query): Promise<CountedStandstill[]> {
  const { rows } = await sql<CountedStandstill>`
    select id as work_order_id, agent_runs - agent_runs_at_progress as agent_runs,
      model_calls - model_calls_at_progress as model_calls,
      cost_nano_usd - cost_at_progress_nano_usd as cost_nano_usd, parked_at, status = 'in_progress' as is_open
    from work_orders
    -- Each by an index of its own: an 'or' would read every work order that there ever was.
    where id in (select id from work_orders where status = 'in_progress'
      union select work_order_id from forecasts where ended_at is null and signal = 'no_progress')`.execute(
    query,
  );
  return rows;
}

export interface PausedRun {
  runId: RunId;
  /** Whether the next run succeeded; null if none has ended. */
  success: boolean | null;
  /** Whether a person changed something: another model, another agent, or an instruction. */
  isChanged: boolean;
  isSettled: boolean;
}

/** The outcomes of runs that were paused early, and of the runs that people started after them. */
export async function pausedRuns(query: Query): Promise<PausedRun[]> {
  const { rows } = await sql<PausedRun>`
    select r.id as run_id, case when v.success or next.state = 'ended' then v.success end as success,
      coalesce(next.settings <> '{}', false) as is_changed,
      w.status in ('completed', 'failed', 'cancelled') as is_settled
    from forecasts f join runs r on f.key = 'going_nowhere:' || r.id
    join work_orders w on w.id = r.work_order_id
    left join runs next on next.work_order_id = r.work_order_id and next.number = r.number + 1 and next.kind = 'work'
    left join lateral (select * from outcome_vectors where run_id = next.id order by try desc limit 1) v on true
    where f.signal = 'going_nowhere' and f.ended_at is null`.execute(query);
  return rows;
}

/** What the calls of the work order have cost so far, in nano-dollars. */
export async function costOfRun(query: Query, runId: RunId): Promise<bigint> {
  const { rows } = await sql<{ cost: bigint }>`select coalesce(sum(actual_nano_usd), 0)::bigint as cost
    from cost_tracking where run_id = ${runId}
      and work_order_id = (select work_order_id from runs where id = ${runId}) and type = 'actual'`.execute(
    query,
  );
  return rows[0]?.cost ?? 0n;
}
