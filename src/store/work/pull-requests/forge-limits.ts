// The limits of a forge's host, shared by all machines: pauses, the turn of each write, and the rest of the limit.
import { sql } from 'kysely';
import type { Query } from '../../database.ts';

export interface HostState {
  pausedUntil: Date | null;
  pausedBecause: string | null;
  limitTotal: number | null;
  limitRemaining: number | null;
  limitResetAt: Date | null;
  /** Milliseconds until the pause ends, by the database's clock; 0 if there is none. */
  pausedMs: number;
  /** Milliseconds until the limit is reset; 0 if that is over or unknown. */
  resetMs: number;
}

/** Undefined for a host that is not (or no longer) registered. */
export async function hostState(query: Query, host: string): Promise<HostState | undefined> {
  return query
    .selectFrom('forgeHosts')
    .where('host', '=', host)
    .select(['pausedUntil', 'pausedBecause', 'limitTotal', 'limitRemaining', 'limitResetAt'])
    .select(msUntil('paused_until').as('pausedMs'))
    .select(msUntil('limit_reset_at').as('resetMs'))
    .executeTakeFirst();
}

/** The longest pause. A time that is further in the future comes from a clock that was set back later. */
export const longestPauseMs = 2 * 60 * 60_000;

/** The time in this column, or null if it is from before the clock was set back. */
const unlessLost = (column: 'paused_until' | 'limit_reset_at') =>
  sql<Date | null>`case when ${sql.ref(column)} <= clock_timestamp() + ${longestPauseMs} * interval '1 millisecond'
    then ${sql.ref(column)} end`;

const msUntil = (column: 'paused_until' | 'limit_reset_at') =>
  sql<number>`greatest(0, ceil(1000 * extract(epoch from coalesce(${unlessLost(column)}, clock_timestamp()) - clock_timestamp())))::integer`;

/**
 * Takes the next turn to write; returns how long to wait for it. Null if the turn would be later than `waitMsMax`: then
 * none was taken.
 */
export async function takeWriteTurn(
  query: Query,
  host: string,
  { apartMs, waitMsMax }: { apartMs: number; waitMsMax: number },
): Promise<number | null> {
  const apart = sql`${apartMs} * interval '1 millisecond'`;
  // No turn is later: it would be from before the clock was set back.
  const known = sql`case when next_write_at <= clock_timestamp() + ${waitMsMax} * interval '1 millisecond' + ${apart}
    then next_write_at end`;
  const turn = sql<Date>`greatest(${known}, clock_timestamp())`;
  const taken = await query
    .updateTable('forgeHosts')
    .set({ nextWriteAt: sql<Date>`${turn} + ${apart}` })
    .where('host', '=', host)
    .where(
      sql<boolean>`coalesce(${known}, '-infinity') <= clock_timestamp() + ${waitMsMax} * interval '1 millisecond'`,
    )
    .returning(
      sql<number>`greatest(0, ceil(1000 * extract(epoch from next_write_at - ${apart} - clock_timestamp())))::integer`.as(
        'waitMs',
      ),
    )
    .executeTakeFirst();
  return taken?.waitMs ?? null;
}

/** A pause is never shortened. Without a given time, each pause in a row is twice as long as the previous one. */
export async function pauseHost(
  query: Query,
  host: string,
  pause: { forMs: number | null; because: string; firstMs: number },
): Promise<number> {
  const { forMs, because, firstMs } = pause;
  const growing = sql<number>`least(${longestPauseMs}::float8, ${firstMs}::float8 * power(2, least(pauses, 20)))`;
  const ms = forMs === null ? growing : sql<number>`${Math.min(forMs, longestPauseMs)}::float8`;
  const paused = await query
    .updateTable('forgeHosts')
    .set({
      pausedUntil: sql<Date>`greatest(${unlessLost('paused_until')}, clock_timestamp() + ${ms} * interval '1 millisecond')`,
      pausedBecause: because,
      // Several calls refused at the same time count as one pause.
      pauses: sql<number>`case when ${unlessLost('paused_until')} > clock_timestamp() then pauses else pauses + 1 end`,
    })
    .where('host', '=', host)
    .returning(msUntil('paused_until').as('pausedMs'))
    .executeTakeFirst();
  return paused?.pausedMs ?? forMs ?? firstMs;
}

/** Stores the rest of the limit that the host reports; an answer also resets the number of pauses in a row. */
export async function noteLimit(
  query: Query,
  host: string,
  limit: { total: number; remaining: number; resetAt: Date },
): Promise<void> {
  await query
    .updateTable('forgeHosts')
    .set({ limitTotal: limit.total, limitRemaining: limit.remaining, limitResetAt: limit.resetAt })
    .where('host', '=', host)
    .execute();
}

/** The host answered again, so the next pause without a given time is short. */
export async function endPauses(query: Query, host: string): Promise<void> {
  await query
    .updateTable('forgeHosts')
    .set({ pauses: 0, pausedUntil: null, pausedBecause: null })
    .where('host', '=', host)
    .where('pauses', '>', 0)
    .where(sql<boolean>`coalesce(${unlessLost('paused_until')}, '-infinity') < clock_timestamp()`)
    .execute();
}
