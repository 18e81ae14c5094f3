import { sql } from 'kysely';
import type { ReservationId, RunId, WorkOrderId } from '../../domain/ids.ts';
import { nanoUsdPerUsd } from '../../domain/money.ts';
import type { Query } from '../database.ts';
import { toJson } from '../storable.ts';

/** The service name for a whole agent session as one call, from before there was a gateway. */
export const wholeAgentRun = 'agent';

export interface Reservation {
  canProceed: boolean;
  currentTotalNanoUsd: bigint;
  reservationId: ReservationId | null;
}

/** Reserves `amountNanoUsd` in every affected window, or in none: then `reservationId` is null (R-BUD-1). */
export async function reserveBudget(
  query: Query,
  amountNanoUsd: bigint,
  serviceName: string,
  metadata: Record<string, unknown> = {},
): Promise<Reservation> {
  const { rows } = await sql<{
    canProceed: boolean;
    totalNanoUsd: bigint;
    reservationId: ReservationId | null;
  }>`
    select can_proceed, (current_total * ${nanoUsdPerUsd.toString()}::bigint)::bigint as total_nano_usd, reservation_id
    from check_and_reserve_budget(${amountNanoUsd.toString()}::numeric * 0.000000001,
      ${serviceName}, ${toJson(metadata)}::jsonb)`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('check_and_reserve_budget returned no row');
  return {
    canProceed: row.canProceed,
    currentTotalNanoUsd: row.totalNanoUsd ?? 0n,
    reservationId: row.reservationId,
  };
}

/**
 * Ends a reservation from which no call was drawn, with its actual cost. Returns false if it had already ended.
 * @public Part of the interface that R-BUD-1 fixes.
 */
export function updateReservationWithActual(
  query: Query,
  id: ReservationId,
  actualNanoUsd: bigint,
): Promise<boolean> {
  return endReservation(query, id, actualNanoUsd);
}

/**
 * Closes an envelope: what was drawn is spent, calls in flight are presumed spent, and the rest is released. Returns
 * false if it had already ended.
 */
export function cancelReservation(query: Query, id: ReservationId): Promise<boolean> {
  return endReservation(query, id, 0n);
}

async function endReservation(query: Query, id: ReservationId, actualNanoUsd: bigint): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`
    select settle_reservation(${id}, ${actualNanoUsd.toString()}::bigint) as done`.execute(query);
  return rows[0]?.done === true;
}

/**
 * Calls of a run from before there was a gateway, whose answer was lost with a dead process: they count as spent in
 * full, never as free (R-BUD-2). Calls through a gateway continue without that process, and an agent's own outlive it
 * with the agent.
 */
export async function presumeOpenCalls(query: Query, runIds: readonly RunId[]): Promise<void> {
  await sql`select end_call(id, 'presumed', null) from cost_tracking
    where run_id = any(${[...runIds]}::uuid[]) and type = 'actual' and status = 'sent' and gateway_id is null
      and service_name <> ${wholeAgentRun}`.execute(query);
}

/** What the calls of an envelope have drawn so far; `left` is the rest. */
export async function drawnFrom(
  query: Query,
  reservationId: ReservationId,
): Promise<{ settled: bigint; presumed: bigint; open: bigint; left: bigint }> {
  const row = await query
    .selectFrom('costTracking')
    .select(['reservedNanoUsd', 'drawnSpentNanoUsd', 'drawnPresumedNanoUsd', 'drawnOpenNanoUsd'])
    .where('id', '=', reservationId)
    .where('type', '=', 'reservation')
    .executeTakeFirst();
  const [settled, presumed, open] = [
    row?.drawnSpentNanoUsd ?? 0n,
    row?.drawnPresumedNanoUsd ?? 0n,
    row?.drawnOpenNanoUsd ?? 0n,
  ];
  return { settled, presumed, open, left: (row?.reservedNanoUsd ?? 0n) - settled - presumed - open };
}

export interface ReservationSize {
  /** The full amount, with what calls of other runs have taken of it; 0 if it does not exist. */
  nanoUsd: bigint;
  /** The amount to which it may grow; null if it is fixed. */
  ceilingNanoUsd: bigint | null;
}

export async function sizeOfReservation(query: Query, id: ReservationId): Promise<ReservationSize> {
  const row = await query
    .selectFrom('costTracking')
    .select(
      sql<bigint>`greatest(reserved_nano_usd, (metadata ->> 'expected_nano_usd')::bigint)`.as('nanoUsd'),
    )
    .select(sql<bigint | null>`(metadata ->> 'ceiling_nano_usd')::bigint`.as('ceilingNanoUsd'))
    .where('id', '=', id)
    .where('type', '=', 'reservation')
    .executeTakeFirst();
  return { nanoUsd: row?.nanoUsd ?? 0n, ceilingNanoUsd: row?.ceilingNanoUsd ?? null };
}

export interface EnvelopeNow {
  /** False if another process has taken over the run, or the run has ended. */
  isHeld: boolean;
  /** Null if the run has none. */
  reservationId: ReservationId | null;
  presumed: bigint;
  open: bigint;
  /** What may still be drawn, with everything to which the reservation may grow. */
  left: bigint;
}

/** The envelope of a run as the database has it. */
export async function envelopeOf(
  query: Query,
  { id, fence }: { id: RunId; fence: number },
): Promise<EnvelopeNow | undefined> {
  const { rows } = await sql<EnvelopeNow>`
    select r.fence = ${fence} and r.state = 'running' as is_held, r.reservation_id, coalesce(drawn_presumed_nano_usd, 0)::bigint as presumed,
      coalesce(drawn_open_nano_usd, 0)::bigint as open,
      coalesce(greatest(reserved_nano_usd, (metadata ->> 'ceiling_nano_usd')::bigint)
        - drawn_spent_nano_usd - drawn_presumed_nano_usd - drawn_open_nano_usd, 0)::bigint as left
    from runs r left join cost_tracking c on c.id = r.reservation_id and c.type = 'reservation'
    where r.id = ${id}`.execute(query);
  return rows[0];
}

/** What is left of an envelope and of its windows. */
export interface EnvelopeRoom {
  /** Settled and presumed spent. */
  drawnNanoUsd: bigint;
  /** What may still be spent of the envelope, as large as it may grow. */
  ceilingLeftNanoUsd: bigint;
  /** What a call could draw at this moment at most. */
  leftNanoUsd: bigint;
}

export async function roomOf(query: Query, id: ReservationId): Promise<EnvelopeRoom | undefined> {
  const { rows } = await sql<EnvelopeRoom>`
    select drawn_spent_nano_usd + drawn_presumed_nano_usd as drawn_nano_usd,
      greatest(reserved_nano_usd, (metadata ->> 'ceiling_nano_usd')::bigint)
        - drawn_spent_nano_usd - drawn_presumed_nano_usd as ceiling_left_nano_usd, room.left_nano_usd
    from cost_tracking, room_of_envelope(id) room where id = ${id} and type = 'reservation'`.execute(query);
  return rows[0];
}

/** Whether anything is reserved in one of the windows with these keys. */
export async function isAnythingHeld(query: Query, keys: readonly string[]): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select exists (select from cost_tracking where status = 'held' and type = 'reservation'
      and window_keys && ${[...keys]}::text[]) as is`.execute(query);
  return rows[0]?.is === true;
}

/** The booked cost of a call; null while unknown. */
export async function costOfCall(query: Query, callId: string): Promise<bigint | null> {
  const row = await query
    .selectFrom('costTracking')
    .select('actualNanoUsd')
    .where('id', '=', callId as ReservationId)
    .where('type', '=', 'actual')
    .executeTakeFirst();
  return row?.actualNanoUsd ?? null;
}

/** The work order's reservations that have not ended. */
export async function heldReservations(query: Query, workOrderId: WorkOrderId): Promise<ReservationId[]> {
  const rows = await query
    .selectFrom('costTracking')
    .select('id')
    .where('workOrderId', '=', workOrderId)
    .where('type', '=', 'reservation')
    .where('status', '=', 'held')
    .orderBy('createdAt')
    .execute();
  return rows.map(({ id }) => id as ReservationId);
}
