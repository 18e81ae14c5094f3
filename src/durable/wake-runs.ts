// When a circuit closes, releases the runs that wait for it, one after the other.

import { sql } from 'kysely';
import type { Query } from '../store/database.ts';
import { findsAny } from '../store/work/runs/due-jobs.ts';
import { addMessages } from './enqueue-run.ts';

/** Limits the rate, so that a provider that has just recovered is not overloaded by everything that waited for it. */
const wakesPerSecondMax = 50;
/** How many are woken at a time; the job's next round wakes the rest. */
const runsWokenMax = 1_000;

/**
 * Wakes the runs that this circuit paused: first those that ran out of money, then those that have waited longest. Their
 * delay ends early, never later than planned. Idempotent. With `pausedUntil`, wakes only runs that were paused before that
 * time. Returns how many were woken; the queue checks their delays once a second.
 */
export async function wakeRuns(
  query: Query,
  circuitKey: string,
  { runsMax = runsWokenMax, pausedUntil = null }: { runsMax?: number; pausedUntil?: Date | null } = {},
): Promise<number> {
  const { all } = await addMessages(
    query,
    sql`update runs r set wake_at = woken.wakes_at
      from (
        select w.id, statement_timestamp() + (1000.0 / ${wakesPerSecondMax}::int) * (row_number() over (
          order by w.settings ? 'money' desc, w.paused_at, w.id) - 1) * interval '1 millisecond' as wakes_at
        from (
          select id, settings, paused_at from runs
          where paused_by = ${circuitKey} and state = 'running' and wake_at is not null
            and (${pausedUntil}::timestamptz is null or paused_at <= ${pausedUntil}::timestamptz)
          order by settings ? 'money' desc, paused_at, id limit ${runsMax} for no key update skip locked
        ) w
      ) woken
      where r.id = woken.id and r.wake_at > woken.wakes_at
      returning r.id, r.leg, r.wake_at, r.created_at`,
  );
  return all;
}

/** Ordinary clock corrections are smaller than this. */
const setBackMsMin = 60_000;
const future = sql`clock_timestamp() + ${sql.lit(setBackMsMin)} * interval '1 millisecond'`;
const isOfTheFuture = sql`r.state = 'running' and coalesce(r.wake_at, r.created_at) > ${future}
  and j.key = r.id || ':' || r.leg and j.updated_at > ${future} and j.locked_at is null`;

/** Whether `wakeRunsOfTheFuture` finds any. */
export const hasRunOfTheFuture = findsAny(sql`select from runs r, moose_queue.jobs j where ${isOfTheFuture}`);

/**
 * Starts the runs that sleep until a time that is now too far in the future because the database's clock was set back:
 * their messages are from the future. Returns how many there were.
 */
export async function wakeRunsOfTheFuture(query: Query): Promise<number> {
  const { all } = await addMessages(
    query,
    sql`update runs r set wake_at = case when r.wake_at is not null then clock_timestamp() end
      from moose_queue.jobs j where ${isOfTheFuture}
      returning r.id, r.leg, r.wake_at, r.created_at`,
  );
  return all;
}
