// The state of the system at given moments, for post-mortems: open circuits and degraded features (R-ESC-8).
import { sql } from 'kysely';
import type { Query } from '../database.ts';

export interface SystemState {
  circuits: Array<{ key: string; phase: 'open' | 'half_open'; code: string | null }>;
  degraded: Array<{ feature: string; because: string }>;
}

const degradedMax = 20;

/** Failures have times in whole milliseconds; the rows that they are compared with have microseconds. */
const endOf = (moment: Date) => new Date(moment.getTime() + 1).toISOString();

/** One state for each moment, in the same order. */
export async function systemStatesAt(query: Query, moments: readonly Date[]): Promise<SystemState[]> {
  if (moments.length === 0) return [];
  const { rows } = await sql<SystemState>`
    with recursive known as (
      (select key from circuit_changes order by key limit 1)
      union all
      select (select min(key) from circuit_changes c where c.key > known.key) from known where known.key is not null
    ), keys as (select key from known where key is not null)
    select
      (select coalesce(jsonb_agg(jsonb_build_object('key', keys.key, 'phase', last.phase, 'code', last.code)
          order by keys.key), '[]')
        from keys cross join lateral (select phase, code from circuit_changes
          where key = keys.key and at <= moment.at order by at desc, id desc limit 1) last
        where last.phase <> 'closed') as circuits,
      (select coalesce(jsonb_agg(jsonb_build_object('feature', feature, 'because', because) order by since), '[]')
        from (select feature, because, since from degradations d where d.since <= moment.at
          and coalesce(d.until, 'infinity') > moment.at and coalesce(d.lapses_at, 'infinity') > moment.at
          order by since limit ${degradedMax}) then_degraded) as degraded
    from unnest(${moments.map(endOf)}::timestamptz[]) with ordinality as moment (at, place)
    order by moment.place`.execute(query);
  return rows;
}

/** Deletes changes of circuits from before this time, except the last of each circuit; returns their number. */
export async function dropOldCircuitChanges(query: Query, before: Date, rowsMax: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from circuit_changes where id in (
    select old.id from circuit_changes old where old.at < ${before} and exists (select from circuit_changes later
      where later.key = old.key and later.at < ${before} and (later.at, later.id) > (old.at, old.id))
    limit ${rowsMax})`.execute(query);
  return Number(numAffectedRows ?? 0n);
}
