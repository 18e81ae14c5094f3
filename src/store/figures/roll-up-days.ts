// Sums up past days, so that months are read from a few rows. A day whose rows have changed since is marked
// (`stale_days`) in the transaction that changed them: readers use its rows until it is summed up again.
import { type RawBuilder, sql } from 'kysely';
import type { Database, Query } from '../database.ts';
import { anyOf, findsAny } from '../work/runs/due-jobs.ts';
import { isOfModel, outcomeKeys, outcomeSums, ownCost } from './outcome-sums.ts';

export const rollTopics = ['errors', 'costs', 'outcomes'] as const;
export type RollTopic = (typeof rollTopics)[number];

/** Charts show no older days: at most 90 days, and the 90 days before those. */
export const rolledDaysMax = 190;
/** A day is summed up only this long after its end, when all of its rows have been written. */
const settledMinutes = 10;

/**
 * In a transaction that sees one consistent moment: it removes the marks of everything that it sums up,
 * and marks of concurrent changes stay.
 * @returns how many days were summed up, by topic
 */
export function rollUpDays(database: Database, signal?: AbortSignal): Promise<Record<RollTopic, number>> {
  return database.transaction(rollUp, signal, 'repeatable read');
}

async function rollUp(query: Query): Promise<Record<RollTopic, number>> {
  // Locked before anything is read, so that two of these run one after the other.
  await sql`lock table rolled_days in share row exclusive mode`.execute(query);
  const days = {
    errors: await daysToRoll(query, 'errors'),
    costs: await daysToRoll(query, 'costs'),
    outcomes: await daysToRoll(query, 'outcomes'),
  };
  await sql`delete from stale_days`.execute(query);
  for (const table of tables) await sql`delete from ${table} where day < ${oldest}`.execute(query);
  await sql`delete from error_group_spans where at < ${oldest}`.execute(query);
  if (days.errors.length > 0) await rollErrors(query, days.errors);
  if (days.costs.length > 0) await rollCosts(query, days.costs);
  if (days.outcomes.length > 0) await rollOutcomes(query, days.outcomes);
  for (const topic of rollTopics) await markRolled(query, topic, days[topic]);
  return { errors: days.errors.length, costs: days.costs.length, outcomes: days.outcomes.length };
}

const tables = ['rolled_days', 'error_days', 'cost_days', 'outcome_days'].map((name) => sql.table(name));

/** UTC days have 24 hours each, whatever the time zone of the connection. */
const oldest = sql`date_trunc('day', clock_timestamp(), 'UTC') - ${rolledDaysMax} * interval '24 hours'`;

/** The days that are over, and whose rows have all been written. */
const settledDays = sql`generate_series(${oldest}, clock_timestamp() - interval '24 hours'
  - ${settledMinutes} * interval '1 minute', '24 hours') as each (day)`;

/** Whether a day has changed, or is not summed up yet. Once a day there is such a day: then the oldest is forgotten too. */
export const hasDayToRoll = anyOf(
  findsAny(sql`select from stale_days`),
  ...rollTopics.map((topic) =>
    findsAny(sql`select from ${settledDays}
      where not exists (select from rolled_days r where r.topic = ${topic} and r.day = each.day)`),
  ),
);

/** Writes on the day itself set no mark, so summing up first waits for transactions that began before the day's end. */
async function daysToRoll(query: Query, topic: RollTopic): Promise<Date[]> {
  const { rows } = await sql<{ day: Date }>`
    with writing as (
      select min(xact_start) as since from pg_stat_activity
      where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
    )
    select day from writing, ${settledDays}
    where case when exists (select from rolled_days r where r.topic = ${topic} and r.day = each.day)
      then exists (select from stale_days s where s.topic = ${topic} and s.day = each.day)
      else writing.since is null or writing.since >= each.day + interval '24 hours' end
    order by 1`.execute(query);
  return rows.map(({ day }) => day);
}

async function rollErrors(query: Query, days: readonly Date[]): Promise<void> {
  await sql`delete from error_days where day = any (${days}::timestamptz[])`.execute(query);
  await sql`
    insert into error_days (day, failure_class, strategy, errors, recovered, unrecovered, recovery_ms)
    select given.day, e.failure_class, coalesce(e.recovery_strategy, ''), ${errorSums}
    from unnest(${days}::timestamptz[]) as given (day) join error_events e
      on e.timestamp >= given.day
      and e.timestamp < given.day + interval '24 hours'
    group by 1, 2, 3`.execute(query);
  await rollErrorGroups(query, days);
}

const isOfDays = (at: RawBuilder<unknown>, days: readonly Date[]) =>
  sql`date_trunc('day', ${at}, 'UTC') = any (${days}::timestamptz[])`;

/**
 * Sums quarter days from the rows, and days from their quarters. The result is sorted, so that rows of the same time
 * are stored together.
 */
async function rollErrorGroups(query: Query, days: readonly Date[]): Promise<void> {
  await sql`delete from error_group_spans where ${isOfDays(sql`at`, days)}`.execute(query);
  const keys = sql.raw('fingerprint, failure_class, component');
  await sql`
    insert into error_group_spans (hours, at, ${keys}, code, errors, recovered, unrecovered, of_processes, with_whole_evidence, last_at)
    select 6, date_bin('6 hours', e.timestamp, 'epoch'), ${keys}, e.error_type, ${groupSums}
    from unnest(${days}::timestamptz[]) as given (day) join error_events e
      on e.timestamp >= given.day and e.timestamp < given.day + interval '24 hours'
    group by 2, 3, 4, 5, 6 order by 2`.execute(query);
  await sql`
    insert into error_group_spans (hours, at, ${keys}, code, errors, recovered, unrecovered, of_processes, with_whole_evidence, last_at)
    select 24, date_trunc('day', at, 'UTC'), ${keys}, code, sum(errors), sum(recovered), sum(unrecovered), sum(of_processes),
      sum(with_whole_evidence), max(last_at)
    from error_group_spans where hours = 6 and ${isOfDays(sql`at`, days)} group by 2, 3, 4, 5, 6 order by 2`.execute(
    query,
  );
}

async function rollCosts(query: Query, days: readonly Date[]): Promise<void> {
  await sql`delete from cost_days where day = any (${days}::timestamptz[])`.execute(query);
  await sql`
    insert into cost_days (day, model, project_id, nano_usd, presumed_nano_usd, wasted_nano_usd, calls)
    select given.day, coalesce(c.model, c.service_name), o.project_id, ${costSums}
    from unnest(${days}::timestamptz[]) as given (day) join cost_tracking c
      on c.type = 'actual' and c.status in ('settled', 'presumed')
      and c.settled_at >= given.day
      and c.settled_at < given.day + interval '24 hours'
      left join work_orders o on o.id = c.work_order_id
    group by 1, 2, 3`.execute(query);
}

async function rollOutcomes(query: Query, days: readonly Date[]): Promise<void> {
  await sql`delete from outcome_days where day = any (${days}::timestamptz[])`.execute(query);
  await sql`
    insert into outcome_days (day, model, agent, band, failure_class, success, cycles, attempts, nano_usd, duration_ms)
    select given.day, ${outcomeKeys}, ${outcomeSums}
    from unnest(${days}::timestamptz[]) as given (day) join outcome_vectors v
      on v.created_at >= given.day and v.created_at < given.day + interval '24 hours' and ${isOfModel}, ${ownCost}
    group by 1, 2, 3, 4, 5, 6, 7`.execute(query);
}

/**
 * For rows `e` of errors: the columns that are summed up for a day, and that are read from the rows of a day without
 * sums.
 */
export const errorSums = sql`count(*) as errors,
  count(*) filter (where e.recovery_success) as recovered,
  count(*) filter (where not e.recovery_success) as unrecovered,
  coalesce(sum(e.resolution_time_ms) filter (where e.recovery_success), 0)::bigint as recovery_ms`;

export const groupSums = sql`count(*) as errors,
  count(*) filter (where e.recovery_success) as recovered,
  count(*) filter (where not e.recovery_success) as unrecovered,
  count(*) filter (where e.metadata ? 'hasWholeEvidence') as of_processes,
  count(*) filter (where e.metadata @> '{"hasWholeEvidence": true}') as with_whole_evidence,
  max(e.timestamp) as last_at`;

/** The same for rows `c` of calls. */
export const costSums = sql`coalesce(sum(c.actual_nano_usd), 0)::bigint as nano_usd,
  coalesce(sum(c.actual_nano_usd) filter (where c.status = 'presumed'), 0)::bigint as presumed_nano_usd,
  coalesce(sum(c.actual_nano_usd) filter (where c.is_wasted), 0)::bigint as wasted_nano_usd,
  count(*) as calls`;

async function markRolled(query: Query, topic: RollTopic, days: readonly Date[]): Promise<void> {
  if (days.length === 0) return;
  await sql`insert into rolled_days (topic, day) select ${topic}, unnest(${days}::timestamptz[])
    on conflict (topic, day) do update set rolled_at = clock_timestamp()`.execute(query);
}
