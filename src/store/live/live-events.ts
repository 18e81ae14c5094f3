// Events about changes, for everybody who watches: triggers write them with the change itself, and they are read by
// transaction.
import { type Selectable, sql } from 'kysely';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { type LiveCursor, movedOn, parseSnapshot } from './live-cursor.ts';

type Row = Selectable<Tables['liveEvents']>;
export type LiveRow = Omit<Row, 'xid'> & { xid: bigint };

export type LiveRead =
  /** The events that the cursor had not seen, in the order of writing; the returned cursor has seen them. */
  | { kind: 'events'; events: LiveRow[]; cursor: LiveCursor }
  /** The client must read everything again: events after the cursor are forgotten, unknown, or too many. */
  | { kind: 'lost'; cursor: LiveCursor };

/**
 * How many events one read returns. A client that has missed more gets the current state faster than all the changes.
 */
export const eventsPerReadMax = 2_000;
/** The last transaction whose events were forgotten, in decimal. */
const forgottenKey = 'live.forgotten';

/**
 * The snapshot of the reading statement. Transaction numbers that the server has not assigned yet (rows of another
 * server, from a dump) are ignored.
 */
const head = sql`with head as materialized (
  select pg_current_snapshot() as snapshot,
    (select (value #>> '{}')::xid8 from system_config where key = ${forgottenKey}) as forgotten)`;

interface Head {
  snapshot: string;
  forgotten: string | null;
}

/** `isNew`: the cursor comes from outside, and may have any age. */
export async function readLive(query: Query, cursor: LiveCursor, isNew: boolean): Promise<LiveRead> {
  const columns = sql`id, xid, at, topic, subject, work_order_id, detail`;
  const { rows } = await sql<Head & (Row | { id: null })>`${head}
    select head.snapshot::text, head.forgotten::text, unseen.* from head left join lateral (
      (select ${columns} from live_events
        where xid >= ${cursor.below}::text::xid8 and xid < pg_snapshot_xmax(head.snapshot)
        order by xid, id limit ${eventsPerReadMax + 1})
      union all
      (select ${columns} from live_events where xid = any(${cursor.open.map(String)}::text[]::xid8[])
        limit ${eventsPerReadMax + 1})) as unseen on true`.execute(query);
  const [first] = rows;
  if (!first) throw new TypeError('The server returned no snapshot');
  const snapshot = parseSnapshot(first.snapshot);
  const events = rows.flatMap((row) => (row.id === null ? [] : [eventOf(row)]));
  const isLost =
    cursor.below > snapshot.xmax ||
    events.length > eventsPerReadMax ||
    isForgotten(cursor, first, snapshot.xmax, isNew);
  if (isLost) return { kind: 'lost', cursor: await currentCursor(query) };
  events.sort((one, other) => (one.id < other.id ? -1 : 1));
  return {
    kind: 'events',
    events,
    cursor: movedOn(
      cursor,
      snapshot,
      events.map(({ xid }) => xid),
    ),
  };
}

/** A cursor that has seen everything visible now. */
export async function currentCursor(query: Query): Promise<LiveCursor> {
  const { rows } = await sql<Head & { newest: string | null }>`${head}
    select head.snapshot::text, head.forgotten::text, (select xid from live_events
      where xid < pg_snapshot_xmax(head.snapshot) order by xid desc limit 1)::text as newest from head`.execute(
    query,
  );
  const [first] = rows;
  if (!first) throw new TypeError('The server returned no snapshot');
  const snapshot = parseSnapshot(first.snapshot);
  const seen = [first.newest, first.forgotten].flatMap((xid) => (xid === null ? [] : [BigInt(xid)]));
  return movedOn(
    { below: 0n, open: [] },
    snapshot,
    seen.filter((xid) => xid < snapshot.xmax),
  );
}

/** Forgets at most `rowsMax` events older than `ageMs`; returns how many. */
export async function forgetLive(
  query: Query,
  { ageMs, rowsMax }: { ageMs: number; rowsMax: number },
): Promise<number> {
  const { rows } = await sql<{ forgotten: number }>`
    with gone as (delete from live_events where id in (select id from live_events
        where at < clock_timestamp() - ${ageMs}::float8 * interval '1 ms' order by at limit ${rowsMax})
        returning xid),
      -- A number that the server has not given out yet is that of another server, and says nothing here.
      own as (select xid from gone where xid < pg_snapshot_xmax(pg_current_snapshot())),
      said as (insert into system_config as c (key, value, updated_by)
        select ${forgottenKey}, to_jsonb(xid::text), 'moose' from own order by own.xid desc limit 1
        on conflict (key) do update set updated_at = clock_timestamp(), value =
          to_jsonb(greatest((c.value #>> '{}')::xid8, (excluded.value #>> '{}')::xid8)::text))
    select count(*)::int as forgotten from gone`.execute(query);
  return rows[0]?.forgotten ?? 0;
}

/**
 * Whether events after the cursor may have been forgotten: an old cursor may still wait for a transaction that stayed
 * open for as long as events are kept.
 */
function isForgotten(cursor: LiveCursor, { forgotten }: Head, xmax: bigint, isNew: boolean): boolean {
  if (forgotten === null || BigInt(forgotten) >= xmax) return false;
  const xid = BigInt(forgotten);
  return xid >= cursor.below || (isNew && cursor.open.some((open) => open <= xid));
}

function eventOf({ id, xid, at, topic, subject, workOrderId, detail }: Row): LiveRow {
  return { id, xid: BigInt(xid), at, topic, subject, workOrderId, detail };
}
