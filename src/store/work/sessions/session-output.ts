// What sessions printed, in chunks, for the machines that do not have the files (R-DIST-3).
import { sql } from 'kysely';
import type { SessionId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import { storableText } from '../../storable.ts';
import { type Found, isOver } from '../work-orders/finished-long-ago.ts';

export type OutputStream = 'stdout' | 'stderr';

export interface OutputChunk {
  /** Offsets in the file, in bytes. */
  startByte: bigint;
  endByte: bigint;
  /** The text, with secrets removed. */
  text: string;
}

/** How much of each stream is kept: the newest part, counted in bytes of the file. */
export const storedBytesMax = 4 * 1024 * 1024;

/** Where the stored output of a stream ends; 0 if nothing is stored. */
export async function storedUntil(query: Query, id: SessionId, stream: OutputStream): Promise<bigint> {
  const newest = await query
    .selectFrom('sessionOutput')
    .select('endByte')
    .where('sessionId', '=', id)
    .where('stream', '=', stream)
    .orderBy('startByte', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.endByte ?? 0n;
}

/**
 * Adds chunks at the end of the stored output, and deletes chunks beyond the limit. A chunk that another process has
 * already stored is skipped. Needs a transaction.
 */
export async function addOutput(
  query: Query,
  { id, stream }: { id: SessionId; stream: OutputStream },
  chunks: readonly OutputChunk[],
): Promise<void> {
  // Two processes may briefly store the same output, when one has adopted the session.
  await query.selectFrom('sessions').select('id').where('id', '=', id).forUpdate().execute();
  let until = await storedUntil(query, id, stream);
  for (const { startByte, endByte, text } of chunks) {
    if (startByte < until || endByte <= startByte) continue;
    const row = { sessionId: id, stream, startByte, endByte, text: storableText(text) };
    await query.insertInto('sessionOutput').values(row).execute();
    until = endByte;
  }
  if (until <= BigInt(storedBytesMax)) return;
  await query
    .deleteFrom('sessionOutput')
    .where('sessionId', '=', id)
    .where('stream', '=', stream)
    .where('endByte', '<=', until - BigInt(storedBytesMax))
    .execute();
}

/** The first chunk that ends after the offset. */
export function outputFrom(
  query: Query,
  { id, stream }: { id: SessionId; stream: OutputStream },
  offset: bigint,
): Promise<OutputChunk | undefined> {
  return query
    .selectFrom('sessionOutput')
    .select(['startByte', 'endByte', 'text'])
    .where('sessionId', '=', id)
    .where('stream', '=', stream)
    .where('endByte', '>', offset)
    .orderBy('startByte')
    .limit(1)
    .executeTakeFirst();
}

/** Deletes the output of work that ended before `before`; returns the number of sessions. */
export async function dropOldOutput(query: Query, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    with over as (
      select s.id from sessions s join work_orders w on w.id = s.work_order_id
      where s.id in (select distinct session_id from session_output) and ${isOver(before)}
      order by s.id limit ${limit})
    , gone as (delete from session_output where session_id in (select id from over))
    select id from over`.execute(query);
  return rows.length;
}

/** What `dropOldOutput` would delete. */
export async function oldOutput(query: Query, before: Date): Promise<Found> {
  const { rows } = await sql<Found>`
    select count(distinct o.session_id)::int as count, coalesce(sum(pg_column_size(o.*)), 0)::float8 as bytes
    from session_output o join sessions s on s.id = o.session_id join work_orders w on w.id = s.work_order_id
    where ${isOver(before)}`.execute(query);
  return rows[0] ?? { count: 0, bytes: 0 };
}
