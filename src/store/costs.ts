import { type Selectable, sql } from 'kysely';
import { newId, type ReservationId, type RunId, type WorkOrderId } from '../domain/ids.ts';
import { nanoUsdPerUsd } from '../domain/money.ts';
import type { Query } from './database.ts';
import { toJson } from './storable.ts';
import type { Tables } from './tables.ts';

export type CostRow = Selectable<Tables['costTracking']>;

/** The service under which a whole session of an agent is drawn. */
export const wholeAgentRun = 'agent';

export interface Reservation {
  canProceed: boolean;
  currentTotalNanoUsd: bigint;
  reservationId: ReservationId | null;
}

/** R-BUD-1: sets `amountNanoUsd` aside in every window concerned, or in none. */
export async function checkAndReserveBudget(
  query: Query,
  amountNanoUsd: bigint,
  serviceName: string,
  metadata: Record<string, unknown>,
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

/** Records a call before it is sent; after a crash this row is what is left of it. */
export async function recordCallSent(
  query: Query,
  call: {
    workOrderId: WorkOrderId;
    runId: RunId;
    reservationId: ReservationId;
    serviceName: string;
    model: string;
    worstCaseNanoUsd: bigint;
    /** Given where the call has a name of its own, which makes it one however often it is recorded. */
    id?: ReservationId;
  },
): Promise<ReservationId> {
  const id = call.id ?? newId<ReservationId>(new Date());
  await query
    .insertInto('costTracking')
    .values({
      id,
      type: 'actual',
      status: 'sent',
      serviceName: call.serviceName,
      workOrderId: call.workOrderId,
      runId: call.runId,
      reservationId: call.reservationId,
      reservedNanoUsd: call.worstCaseNanoUsd,
      model: call.model,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return id;
}

/**
 * Settles a call, once. The answer is what was booked; undefined when the call was settled or presumed before.
 * Without `actualNanoUsd` nobody knows what it cost, and all that was set aside for it counts.
 */
export async function settleCall(
  query: Query,
  id: ReservationId,
  settled: {
    status: 'settled' | 'cancelled' | 'presumed';
    actualNanoUsd?: bigint;
    inputTokens?: number;
    outputTokens?: number;
  },
): Promise<bigint | undefined> {
  const booked = await query
    .updateTable('costTracking')
    .set((set) => ({
      status: settled.status,
      actualNanoUsd: settled.actualNanoUsd ?? set.ref('reservedNanoUsd'),
      inputTokens: settled.inputTokens === undefined ? null : BigInt(settled.inputTokens),
      outputTokens: settled.outputTokens === undefined ? null : BigInt(settled.outputTokens),
      settledAt: new Date(),
    }))
    .where('id', '=', id)
    .where('status', '=', 'sent')
    .returning('actualNanoUsd')
    .executeTakeFirst();
  return booked?.actualNanoUsd ?? undefined;
}

/** Calls whose answer a dead process took with it: they count as spent in full, never as free (R-BUD-2). */
export async function presumeOpenCalls(query: Query, runId: RunId): Promise<bigint> {
  const rows = await query
    .updateTable('costTracking')
    .set((set) => ({
      status: 'presumed' as const,
      actualNanoUsd: set.ref('reservedNanoUsd'),
      settledAt: new Date(),
    }))
    .where('runId', '=', runId)
    .where('status', '=', 'sent')
    // An agent's own calls outlive Moose with the agent: they are booked when its session ends.
    .where('serviceName', '!=', wholeAgentRun)
    .returning('reservedNanoUsd')
    .execute();
  return rows.reduce((sum, { reservedNanoUsd }) => sum + reservedNanoUsd, 0n);
}

/** The same for the calls of one envelope, an agent's among them, when the run that it was for is over. */
export async function presumeOpenDraws(query: Query, reservationId: ReservationId): Promise<bigint> {
  const rows = await query
    .updateTable('costTracking')
    .set((set) => ({
      status: 'presumed' as const,
      actualNanoUsd: set.ref('reservedNanoUsd'),
      settledAt: new Date(),
    }))
    .where('reservationId', '=', reservationId)
    .where('status', '=', 'sent')
    .returning('reservedNanoUsd')
    .execute();
  return rows.reduce((sum, { reservedNanoUsd }) => sum + reservedNanoUsd, 0n);
}

/** What the calls of an envelope have drawn from it so far. */
export async function drawnFrom(
  query: Query,
  reservationId: ReservationId,
): Promise<{ settled: bigint; presumed: bigint; open: bigint }> {
  const { rows } = await sql<{ settled: bigint; presumed: bigint; open: bigint }>`
    select coalesce(sum(actual_nano_usd) filter (where status = 'settled'), 0)::bigint as settled,
      coalesce(sum(actual_nano_usd) filter (where status = 'presumed'), 0)::bigint as presumed,
      coalesce(sum(reserved_nano_usd) filter (where status = 'sent'), 0)::bigint as open
    from cost_tracking where reservation_id = ${reservationId}`.execute(query);
  return rows[0] ?? { settled: 0n, presumed: 0n, open: 0n };
}

/** Ends an envelope with what its calls drew; the rest is free again. */
export async function settleReservation(query: Query, id: ReservationId): Promise<boolean> {
  const drawn = await drawnFrom(query, id);
  const { rows } = await sql<{
    done: boolean;
  }>`select settle_reservation(${id}, ${drawn.settled.toString()}::bigint,
    ${(drawn.presumed + drawn.open).toString()}::bigint) as done`.execute(query);
  return rows[0]?.done === true;
}

/** Envelopes of the work order that have not ended. */
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

export function costsOf(query: Query, workOrderId: WorkOrderId): Promise<CostRow[]> {
  return query
    .selectFrom('costTracking')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('createdAt')
    .execute();
}
