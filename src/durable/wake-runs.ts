// When a circuit closes, releases the runs that wait for it, one after the other.
import { sql } from 'kysely';
import type { Query } from '../store/database.ts';
import { workflowName } from './enqueue-run.ts';

/** Limits the rate, so that a provider that has just recovered is not overloaded by everything that waited for it. */
const wakesPerSecondMax = 50;
/** How many are woken at a time; the job's next round wakes the rest. */
const runsWokenMax = 1_000;

/**
 * Wakes the runs that this circuit paused: first those that ran out of money, then those that have waited longest. Their
 * delay ends early, never later than planned. Idempotent. With `pausedUntil`, wakes only runs that were paused before that
 * time. Returns how many were waiting; the queue checks their delays once a second.
 */
export async function wakeRuns(
  query: Query,
  circuitKey: string,
  { runsMax = runsWokenMax, pausedUntil = null }: { runsMax?: number; pausedUntil?: Date | null } = {},
): Promise<number> {
  const { numAffectedRows } = await sql`
    with clock as (
      select (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms
    ), paused as (
      select w.workflow_uuid, (select now_ms from clock) + floor(1000.0 / ${wakesPerSecondMax}::int
        * (row_number() over (order by r.settings ? 'money' desc, r.paused_at, r.id) - 1))::bigint as wakes_at
      from runs r join moose_dbos.workflow_status w on w.workflow_uuid = r.id::text || ':' || r.leg::text
      where r.paused_by = ${circuitKey} and r.state = 'running' and w.status = 'DELAYED'
        and (${pausedUntil}::timestamptz is null or r.paused_at <= ${pausedUntil}::timestamptz)
      order by r.settings ? 'money' desc, r.paused_at, r.id limit ${runsMax}
    ), waiting as (
      select workflow_uuid from moose_dbos.workflow_status
      where workflow_uuid in (select workflow_uuid from paused) and status = 'DELAYED'
      for update skip locked
    )
    update moose_dbos.workflow_status w set delay_until_epoch_ms = least(w.delay_until_epoch_ms, paused.wakes_at),
      updated_at = (select now_ms from clock)
    from paused join waiting using (workflow_uuid)
    where w.workflow_uuid = paused.workflow_uuid and w.status = 'DELAYED'`.execute(query);
  return Number(numAffectedRows ?? 0n);
}

/** Ordinary clock corrections are smaller than this. */
const setBackMsMin = 60_000;

/**
 * Starts the runs that sleep until a time that is now too far in the future because the database's clock was set back.
 * Returns how many there were.
 */
export async function wakeRunsOfTheFuture(query: Query): Promise<number> {
  const { numAffectedRows } = await sql`
    update moose_dbos.workflow_status set delay_until_epoch_ms = (extract(epoch from clock_timestamp()) * 1000)::bigint
    where status = 'DELAYED' and name = ${workflowName}
      and created_at > extract(epoch from clock_timestamp()) * 1000 + ${setBackMsMin}`.execute(query);
  return Number(numAffectedRows ?? 0n);
}
