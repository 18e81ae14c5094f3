// The envelope: money set aside for one run of a work order, out of which its calls draw (R-BUD-1, R-PIPE-3).
import { PermanentError } from '../../domain/failure.ts';
import type { ReservationId, WorkOrderId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import {
  checkAndReserveBudget,
  costsOf,
  drawnFrom,
  presumeOpenDraws,
  recordCallSent,
  settleCall,
  settleReservation,
} from '../../store/costs.ts';
import type { Query } from '../../store/database.ts';
import { intendEffect, markEffect } from '../../store/effects.ts';
import { addToCounters, updateRun } from '../../store/runs.ts';
import { fenced, type Work } from '../pipeline/work.ts';
import type { ModelPrice, ModelUsage } from '../ports/model.ts';

function budgetExceeded(
  work: Work,
  operation: string,
  message: string,
  advice: string,
  metadata: Record<string, unknown>,
) {
  return new PermanentError({
    code: 'BUDGET_EXCEEDED',
    component: 'budget',
    operation,
    workOrderId: work.order.id,
    message,
    advice,
    severity: 'high',
    failureClass: 'budget_exceeded',
    retryable: false,
    metadata,
  });
}

/** Sets the envelope aside; the same one when this run has it already. @throws `BUDGET_EXCEEDED`: nothing was set aside. */
export async function reserveEnvelope(
  work: Work,
  estimateNanoUsd: bigint,
): Promise<{ reservationId: ReservationId; nanoUsd: bigint }> {
  const kept = work.run.reservationId;
  if (kept) return { reservationId: kept, nanoUsd: estimateNanoUsd };
  const limit = work.order.limitNanoUsd;
  const left = limit === null ? estimateNanoUsd : limit - work.order.costNanoUsd;
  if (left <= 0n) {
    throw budgetExceeded(
      work,
      'reserve',
      `The work order's own limit of ${formatUsd(limit ?? 0n)} is used up.`,
      'Submit it anew with a higher --limit.',
      { costNanoUsd: work.order.costNanoUsd.toString() },
    );
  }
  const nanoUsd = left < estimateNanoUsd ? left : estimateNanoUsd;
  const reserved = await fenced(work, async (query) => {
    const { id: workOrderId, projectId } = work.order;
    const reservation = await checkAndReserveBudget(query, nanoUsd, 'pipeline', {
      work_order_id: workOrderId,
      project_id: projectId,
      run_id: work.run.id,
    });
    if (reservation.reservationId === null) return reservation;
    await updateRun(query, work.run.id, { reservationId: reservation.reservationId });
    const key = holdKey(reservation.reservationId);
    await intendEffect(query, {
      workOrderId,
      runId: work.run.id,
      kind: 'hold',
      key,
      detail: { reservationId: reservation.reservationId, nanoUsd: nanoUsd.toString() },
    });
    await markEffect(query, key, 'done');
    return reservation;
  });
  if (!reserved.canProceed || reserved.reservationId === null) {
    throw budgetExceeded(
      work,
      'reserve',
      `${formatUsd(nanoUsd)} for this work order would go over the budget: ${formatUsd(reserved.currentTotalNanoUsd)} is spent or set aside already.`,
      'Raise the limit, or wait until the next day or month, then `moose retry` it.',
      { estimateNanoUsd: nanoUsd.toString(), currentTotalNanoUsd: reserved.currentTotalNanoUsd.toString() },
    );
  }
  work.run.reservationId = reserved.reservationId;
  return { reservationId: reserved.reservationId, nanoUsd };
}

/**
 * After calls whose answer was lost, and that are so presumed spent at their worst: when they have taken most of the
 * envelope, the next call gets another one, within the same limits. The work order is not charged for what befell it.
 */
export async function renewEnvelope(work: Work, estimateNanoUsd: bigint): Promise<void> {
  const { reservationId } = work.run;
  if (reservationId && (await isMostlyPresumed(work, reservationId))) {
    await fenced(work, async (query) => {
      await closeEnvelope(query, work.order.id, reservationId);
      await updateRun(query, work.run.id, { reservationId: null });
    });
    work.run.reservationId = null;
  }
  await reserveEnvelope(work, estimateNanoUsd);
}

async function isMostlyPresumed(work: Work, reservationId: ReservationId): Promise<boolean> {
  const { open, presumed } = await work.database.run((query) => drawnFrom(query, reservationId), work.signal);
  const remaining = await remainingNanoUsd(work);
  return open === 0n && presumed > remaining;
}

export function holdKey(reservationId: ReservationId): string {
  return `hold:${reservationId}`;
}

/** What the run's calls may still draw: the envelope less everything spent, presumed, or on its way. */
export async function remainingNanoUsd(work: Work): Promise<bigint> {
  const { reservationId } = work.run;
  if (!reservationId) return 0n;
  return work.database.run(async (query) => {
    const envelope = (await costsOf(query, work.order.id)).find(({ id }) => id === reservationId);
    const drawn = await drawnFrom(query, reservationId);
    return (envelope?.reservedNanoUsd ?? 0n) - drawn.settled - drawn.presumed - drawn.open;
  }, work.signal);
}

export interface Draw {
  serviceName: string;
  model: string;
  worstCaseNanoUsd: bigint;
}

/** Draws a call's worst case before it is sent. @throws `BUDGET_EXCEEDED`: then it must not be sent. */
export async function drawCall(work: Work, draw: Draw): Promise<ReservationId> {
  const { reservationId } = work.run;
  if (!reservationId) throw new TypeError('A call was drawn from no envelope');
  if ((await remainingNanoUsd(work)) < draw.worstCaseNanoUsd) {
    throw budgetExceeded(
      work,
      'draw',
      `A call of up to ${formatUsd(draw.worstCaseNanoUsd)} does not fit into what is left of the work order's envelope.`,
      work.order.limitNanoUsd === null
        ? 'Retry it with another envelope (`moose retry ID`), or with a cheaper model (`moose retry ID --model M`).'
        : 'Retry it with a cheaper model (`moose retry ID --model M`), or submit it anew with a higher --limit.',
      { model: draw.model },
    );
  }
  const { id: workOrderId } = work.order;
  return fenced(work, (query) =>
    recordCallSent(query, { ...draw, workOrderId, runId: work.run.id, reservationId }),
  );
}

export function costOf(price: ModelPrice, usage: ModelUsage): bigint {
  return (
    price.inputNanoUsdPerToken * BigInt(usage.inputTokens) +
    price.outputNanoUsdPerToken * BigInt(usage.outputTokens)
  );
}

/** Books what a call really cost; null: nobody knows, and its worst case is presumed spent. It is booked even when another process carries the run by now: the money is gone. */
export async function bookCall(
  work: Work,
  callId: ReservationId,
  booked: {
    costNanoUsd: bigint | null;
    usage: ModelUsage;
    calls: number;
    /** Written with it, and so once. */
    also?(query: Query): Promise<unknown>;
  },
): Promise<void> {
  await work.database.transaction(async (query) => {
    const costNanoUsd = await settleCall(query, callId, {
      ...(booked.costNanoUsd === null
        ? { status: 'presumed' as const }
        : { status: 'settled' as const, actualNanoUsd: booked.costNanoUsd }),
      ...booked.usage,
    });
    if (costNanoUsd === undefined) return;
    await booked.also?.(query);
    await addToCounters(query, work.order.id, {
      costNanoUsd,
      modelCalls: booked.calls,
      inputTokens: booked.usage.inputTokens,
      outputTokens: booked.usage.outputTokens,
    });
  });
}

/** A call that was never answered and, by what the provider says, never billed. */
export async function voidCall(work: Work, callId: ReservationId): Promise<void> {
  await work.database.run((query) => settleCall(query, callId, { status: 'cancelled', actualNanoUsd: 0n }));
}

/** Ends a run's envelope, in the transaction that ends the run: what was drawn is spent, the rest is free. */
export async function closeEnvelope(
  query: Query,
  workOrderId: WorkOrderId,
  reservationId: ReservationId | null,
): Promise<void> {
  if (!reservationId) return;
  const presumed = await presumeOpenDraws(query, reservationId);
  if (presumed > 0n) await addToCounters(query, workOrderId, { costNanoUsd: presumed });
  await settleReservation(query, reservationId);
  await markEffect(query, holdKey(reservationId), 'undone');
}
