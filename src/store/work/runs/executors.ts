// The processes that carry runs: each reports regularly, and one that does not loses its work (R-BASE-2).

import { type RawBuilder, sql } from 'kysely';
import type { Abilities } from '../../../domain/agents/abilities.ts';
import type { PressureReport } from '../../../domain/machine/pressure.ts';
import type { Query } from '../../database.ts';
import { findsAny } from './due-jobs.ts';

/** How often a process reports. */
export const beatEveryMs = 2_500;
/** A process without a report for this long, seen by one that was listening, has lost its work. */
export const leaseMs = 15_000;
/** How long the rows of ended processes are kept. */
const keptDays = 7;

const isOther = (ownId: string) => `o.id <> ${ownId} and o.taken_over_at is null and (o.ended_at is null
  or exists (select from runs r where r.executor = o.id and r.state = 'running'))`;

export interface Report {
  /** How often the work of this process has been taken over. */
  takeovers: number;
  /** Whether there was anything to watch: another process that counts as living, or an open run. */
  hasOthers: boolean;
  hasRuns: boolean;
}

/**
 * Reports that the process is alive, including for the first time, over the connection that holds its locks. Returns
 * a `Report`. The server reuses process numbers: the newest row has this one.
 */
export const beatSql = `with before as (
    update executors set lock_backend = 0 where lock_backend = pg_backend_pid() and id <> $1)
  insert into executors as e (id, host, pid, machine, lock_backend, labels, draining_since, abilities, pressure, queue_worker)
  values ($1, $2, $3, $4, pg_backend_pid(), $5, case when $6 then clock_timestamp() end, $7::jsonb, $8::jsonb, $9)
  on conflict (id) do update set beats = e.beats + 1, heartbeat_at = clock_timestamp(),
    lock_backend = excluded.lock_backend, abilities = excluded.abilities,
    pressure = excluded.pressure, queue_worker = excluded.queue_worker, taken_over_at = null, ended_at = null,
    draining_since = coalesce(e.draining_since, excluded.draining_since)
  returning takeovers, exists (select from executors o where ${isOther('$1')}) as "hasOthers",
    exists (select from runs r where r.state = 'running') as "hasRuns"`;

export const endSql = 'update executors set ended_at = clock_timestamp() where id = $1';

export interface OtherExecutor {
  id: string;
  host: string;
  beats: bigint;
}

/** The other processes whose work nobody has taken over; of those that have ended, the ones that left runs. */
export async function otherExecutors(query: Query, ownId: string): Promise<OtherExecutor[]> {
  const { rows } = await sql<OtherExecutor>`select o.id, o.host, o.beats
    from (select ${ownId}::text as id) own, executors o where ${sql.raw(isOther('own.id'))}`.execute(query);
  return rows;
}

/**
 * Returns the name of the process in the queue, or false if it has reported since, or if another process takes over its
 * work.
 */
export async function markTakenOver(
  query: Query,
  { id, beats }: OtherExecutor,
): Promise<{ queueWorker: string | null } | false> {
  const { rows } = await sql<{ queueWorker: string | null }>`update executors
    set takeovers = takeovers + 1, taken_over_at = clock_timestamp()
    where id = (select id from executors where id = ${id} and beats = ${beats.toString()}::bigint
      and taken_over_at is null for update skip locked)
    returning queue_worker`.execute(query);
  return rows[0] ?? false;
}

const lives = (of: RawBuilder<unknown>) => sql<boolean>`exists (select from executors h
  where h.id = ${of} and h.ended_at is null and h.taken_over_at is null)`;

/** Whether a process that counts as living has run `r`. */
export const isHeldByLiving = lives(sql`r.executor`);

/** Whether a process other than this one, which counts as living, has the run of this row of `runs`. */
export const isHeldByAnother = (ownId: RawBuilder<unknown>, holder: RawBuilder<unknown>) =>
  sql<boolean>`(${holder} is not null and ${holder} <> ${ownId} and ${lives(holder)})`;

export async function forgetExecutors(query: Query): Promise<void> {
  await sql`delete from executors
    where coalesce(ended_at, heartbeat_at) < clock_timestamp() - ${keptDays} * interval '1 day'`.execute(
    query,
  );
}

/** Whether the process in row `e` has not reported for the length of a lease. */
export const isSilent = sql`(e.ended_at is null
  and e.heartbeat_at < clock_timestamp() - ${sql.lit(leaseMs)} * interval '1 millisecond')`;

/** The machines with a process that runs work orders and still reports. */
export async function liveHosts(query: Query): Promise<string[]> {
  const { rows } = await sql<{ host: string }>`select distinct e.host from executors e
    where e.ended_at is null and e.taken_over_at is null and not ${isSilent}`.execute(query);
  return rows.map(({ host }) => host);
}

/** The time since a process of this machine has last reported, by the clock of the database; null if none has. */
export async function lastBeatOn(query: Query, host: string): Promise<number | null> {
  const { rows } = await sql<{ ageMs: number | null }>`
    select (extract(epoch from clock_timestamp() - max(heartbeat_at)) * 1000)::float8 as age_ms
    from executors where host = ${host}`.execute(query);
  return rows[0]?.ageMs ?? null;
}

/** How many processes run on this database: each holds one connection with this name while it lives. */
export const liveExecutors = sql<number>`(select count(*) from pg_stat_activity a
  where a.application_name = 'moose locks' and a.datname = current_database()
    and not exists (select from executors e
      where e.lock_backend = a.pid and ${isSilent}))::int`;

export interface LiveProcess {
  host: string;
  pid: number;
  /** Null if it does not report them. */
  abilities: Abilities | null;
  /** Null before its first measurement. */
  pressure: PressureReport | null;
}

/** These processes. */
export async function liveProcesses(query: Query): Promise<LiveProcess[]> {
  const { rows } = await sql<LiveProcess>`select e.host, e.pid, e.abilities, e.pressure
    from executors e join pg_stat_activity a on a.pid = e.lock_backend
      and a.application_name = 'moose locks' and a.datname = current_database()
    where e.ended_at is null and e.taken_over_at is null and not ${isSilent}
    order by e.started_at`.execute(query);
  return rows;
}

/** How many processes of other machines are alive under the name of this one. */
export async function namesakesOf(
  query: Query,
  { executorId, host, machine }: { executorId: string; host: string; machine: string },
): Promise<number> {
  const { rows } = await sql<{ others: number }>`select count(*)::int as others
    from executors e join pg_stat_activity a on a.pid = e.lock_backend
      and a.application_name = 'moose locks' and a.datname = current_database()
    where e.ended_at is null and e.taken_over_at is null and not ${isSilent}
      and e.host = ${host} and e.id <> ${executorId} and e.machine not in ('', ${machine})`.execute(query);
  return rows[0]?.others ?? 0;
}

/** A process is reported as silent after three missing reports. */
const quietMs = 8_000;
/** After this long, another process, if there is one, has taken over the work of a silent one. */
export const takeOverMsMax = 30_000;

export interface SilentExecutor {
  id: string;
  host: string;
  heardAt: Date;
  /** Whether the process still counts as alive. */
  isCounted: boolean;
}

/** The processes that still have their work but have not reported for a while. */
export async function silentExecutors(query: Query): Promise<SilentExecutor[]> {
  const { rows } =
    await sql<SilentExecutor>`select e.id, e.host, e.heartbeat_at as heard_at, not ${isSilent} as is_counted
    from executors e join pg_stat_activity a on a.pid = e.lock_backend
      and a.application_name = 'moose locks' and a.datname = current_database()
    where e.ended_at is null
      and e.heartbeat_at < clock_timestamp() - ${quietMs} * interval '1 millisecond'`.execute(query);
  return rows;
}

/** How long after the fall into silence it is still news. */
const newsMs = 10 * 60_000;
const toldMs = 24 * 3_600_000;

const hasFallenSilent = sql`${isSilent}
  and e.heartbeat_at > clock_timestamp() - ${toldMs} * interval '1 millisecond'`;

/** Whether `fallenSilent` finds any. */
export const hasSilentExecutor = findsAny(sql`select from executors e where ${hasFallenSilent}`);

/** The processes that have fallen silent, taken over or not, without dead ones. */
export async function fallenSilent(query: Query): Promise<Array<SilentExecutor & { isNews: boolean }>> {
  const { rows } = await sql<
    SilentExecutor & { isNews: boolean }
  >`select e.id, e.host, e.heartbeat_at as heard_at,
      false as is_counted, e.heartbeat_at > clock_timestamp() - ${newsMs} * interval '1 millisecond' as is_news
    from executors e where ${hasFallenSilent}`.execute(query);
  return rows;
}

/** Records that a process has died: its locks were free. */
export async function markEnded(query: Query, id: string): Promise<void> {
  await sql`update executors set ended_at = clock_timestamp() where id = ${id}`.execute(query);
}

/** Moose processes that are up on this database, and have been heard of lately. */
export async function countExecutors(query: Query): Promise<number> {
  const { rows } = await sql<{ live: number }>`select ${liveExecutors} as live`.execute(query);
  return rows[0]?.live ?? 0;
}
