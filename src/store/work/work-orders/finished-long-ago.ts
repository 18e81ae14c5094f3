// Finds work that ended long ago and will not restart by itself: its files may be deleted.
import { sql } from 'kysely';
import type { Query } from '../../database.ts';
import { endsWith } from './called.ts';

/** SQL condition on a work order `w`. */
export const isOver = (before: Date) => sql<boolean>`w.status in ('completed', 'failed', 'cancelled')
  and coalesce(w.finished_at, w.updated_at) < ${before}
  and not exists (select from runs r where r.work_order_id = w.id and r.state = 'running')
  and not exists (select from sessions o where o.work_order_id = w.id and o.state in ('intended', 'running'))`;

/** The sessions among `ids` whose work orders ended before `before`; IDs without a record are not included. */
export async function sessionsLongOver(
  query: Query,
  ids: readonly string[],
  before: Date,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select s.id::text from sessions s join work_orders w on w.id = s.work_order_id
    where s.id = any (${[...ids]}::uuid[]) and ${isOver(before)}`.execute(query);
  return rows.map(({ id }) => id);
}

/** The short IDs whose work orders all ended before `before`, if there is at least one. */
export async function shortIdsLongOver(
  query: Query,
  shortIds: readonly string[],
  before: Date,
): Promise<string[]> {
  const { rows } = await sql<{ short: string }>`
    select given.short from unnest(${[...shortIds]}::text[]) as given (short)
      cross join lateral (select bool_and(${isOver(before)}) as are_over from work_orders w
        where ${endsWith('w', sql`given.short`)}) named
    where named.are_over`.execute(query);
  return rows.map(({ short }) => short);
}

export interface Found {
  count: number;
  bytes: number;
}

/**
 * A bundle brings commits to another machine. A completed work order never continues, and its commits are pushed;
 * bundles of other work orders stay, because their commits may exist nowhere else.
 */
const isOldBundle = (before: Date) => sql<boolean>`a.kind = 'bundle' and exists (
  select from work_orders w where w.id = a.work_order_id and w.status = 'completed' and ${isOver(before)})`;

export async function oldBundles(query: Query, before: Date): Promise<Found> {
  const { rows } =
    await sql<Found>`select count(*)::int as count, coalesce(sum(octet_length(a.content)), 0)::float8 as bytes
    from artifacts a where ${isOldBundle(before)}`.execute(query);
  return rows[0] ?? { count: 0, bytes: 0 };
}

/** Returns how many were deleted. */
export async function dropOldBundles(query: Query, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from artifacts where id in (
    select a.id from artifacts a where ${isOldBundle(before)} order by a.created_at limit ${limit})`.execute(
    query,
  );
  return Number(numAffectedRows ?? 0n);
}
