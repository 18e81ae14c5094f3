// Sums up the days that are over, so that months are read from a few rows. A day whose rows have changed since says so
// itself (`stale_days`), in the transaction that changed them: whoever reads takes its rows until it is summed up again.
import { sql } from 'kysely';
import type { Query } from './database.ts';

export const rollTopics = ['errors', 'costs'] as const;
export type RollTopic = (typeof rollTopics)[number];

/** Older days are in no picture. */
export const rolledDaysMax = 100;

/**
 * Needs a transaction of its own. It sees one moment of everything: of what changes meanwhile the marks stay, and of what
 * it has summed up they are gone. @returns how many days were summed up, of each topic
 */
export async function rollUpDays(query: Query): Promise<Record<RollTopic, number>> {
  await sql`set transaction isolation level repeatable read`.execute(query);
  // First, and before anything is read: two of these, one after the other.
  await sql`lock table rolled_days in share row exclusive mode`.execute(query);
  const errors = await daysToRoll(query, 'errors');
  const costs = await daysToRoll(query, 'costs');
  await sql`delete from stale_days`.execute(query);
  await forgetOld(query);
  if (errors.length > 0) await rollErrors(query, errors);
  if (costs.length > 0) await rollCosts(query, costs);
  return { errors: errors.length, costs: costs.length };
}

/** Days of UTC have 24 hours each, whatever the time zone of the connection. */
const oldest = sql`date_trunc('day', clock_timestamp(), 'UTC') - ${rolledDaysMax} * interval '24 hours'`;

async function daysToRoll(query: Query, topic: RollTopic): Promise<Date[]> {
  const { rows } = await sql<{ day: Date }>`
    select day from generate_series(${oldest}, clock_timestamp() - interval '24 hours', '24 hours') as each (day)
    where not exists (select from rolled_days r where r.topic = ${topic} and r.day = each.day)
      or exists (select from stale_days s where s.topic = ${topic} and s.day = each.day)
    order by 1`.execute(query);
  return rows.map(({ day }) => day);
}

async function forgetOld(query: Query): Promise<void> {
  await sql`delete from rolled_days where day < ${oldest}`.execute(query);
  await sql`delete from error_days where day < ${oldest}`.execute(query);
  await sql`delete from cost_days where day < ${oldest}`.execute(query);
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
  await markRolled(query, 'errors', days);
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
  await markRolled(query, 'costs', days);
}

/** Of rows `e` of errors: what a day is summed up to, and what is read of a day that is not. */
export const errorSums = sql`count(*) as errors,
  count(*) filter (where e.recovery_success) as recovered,
  count(*) filter (where not e.recovery_success) as unrecovered,
  coalesce(sum(e.resolution_time_ms) filter (where e.recovery_success), 0)::bigint as recovery_ms`;

/** Of rows `c` of calls. */
export const costSums = sql`coalesce(sum(c.actual_nano_usd), 0)::bigint as nano_usd,
  coalesce(sum(c.actual_nano_usd) filter (where c.status = 'presumed'), 0)::bigint as presumed_nano_usd,
  coalesce(sum(c.actual_nano_usd) filter (where c.is_wasted), 0)::bigint as wasted_nano_usd,
  count(*) as calls`;

async function markRolled(query: Query, topic: RollTopic, days: readonly Date[]): Promise<void> {
  await sql`insert into rolled_days (topic, day) select ${topic}, unnest(${days}::timestamptz[])
    on conflict (topic, day) do update set rolled_at = clock_timestamp()`.execute(query);
}
