// The envelope: the money reserved for one run of a work order, on which its calls draw (R-BUD-1, R-PIPE-3).

import type { PermanentError } from '../../../domain/failure.ts';
import type { ReservationId, WorkOrderId } from '../../../domain/ids.ts';
import { formatUsd } from '../../../domain/money.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../../store/database.ts';
import {
  cancelReservation,
  type EnvelopeNow,
  envelopeOf,
  heldReservations,
  isAnythingHeld,
  reserveBudget,
  sizeOfReservation,
} from '../../../store/money/costs.ts';
import { FenceLostError, type Run, updateRun } from '../../../store/work/runs/runs.ts';
import { hasRunWaitingForMoney } from '../../../store/work/runs/runs-of.ts';
import { intendEffect, markEffect } from '../../../store/work/sessions/effects.ts';
import { workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { fenced, type Work } from '../work.ts';
import { budgetExceeded, limitsFor, refusedBy } from './budget-exceeded.ts';
import { withoutDate } from './limit-words.ts';
import { leastOf, wakeForMoney } from './money-awaited.ts';
import { requireRelease } from './release-awaited.ts';

export interface Envelope {
  reservationId: ReservationId;
  nanoUsd: bigint;
  /** Null: its size is fixed. */
  ceilingNanoUsd: bigint | null;
}

export interface EnvelopeSize {
  /** What the run probably needs. */
  estimateNanoUsd: bigint;
  /** Up to this amount, the envelope grows in steps; null: its size is fixed. */
  ceilingNanoUsd: bigint | null;
}

/** The size that routing decided on. */
export function sizeOf(routed: Pick<RoutingResult, 'envelopeNanoUsd' | 'ceilingNanoUsd'>): EnvelopeSize {
  const { envelopeNanoUsd, ceilingNanoUsd = null } = routed;
  return {
    estimateNanoUsd: BigInt(envelopeNanoUsd),
    ceilingNanoUsd: ceilingNanoUsd === null ? null : BigInt(ceilingNanoUsd),
  };
}

/** Reserves the envelope; returns the same one if this run already has it. @throws `BUDGET_EXCEEDED`: nothing was reserved. */
export async function reserveEnvelope(work: Work, size: EnvelopeSize): Promise<Envelope> {
  const envelope = await fenced(work, (query, run) => reserveOnce(query, work, run, size));
  work.run.reservationId = envelope.reservationId;
  return envelope;
}

/** `run`: as the database has it, because this process's memory may be outdated after a lost answer. */
async function reserveOnce(query: Query, work: Work, run: Run, size: EnvelopeSize): Promise<Envelope> {
  const { id: workOrderId } = work.order;
  const { reservationId: kept } = run;
  if (kept) return { reservationId: kept, ...(await sizeOfReservation(query, kept)) };
  await requireRelease(query, work, run);
  const { nanoUsd, ceilingNanoUsd } = await affordable(query, work, lessDrawn(work, size));
  const reservationId = await admit(query, work, { nanoUsd, ceilingNanoUsd });
  await updateRun(query, work.run.id, { reservationId });
  const key = holdKey(reservationId);
  const detail = { reservationId, nanoUsd: nanoUsd.toString() };
  // The reservation is a row of the same transaction.
  await intendEffect(query, { workOrderId, runId: work.run.id, kind: 'hold', key, detail }, 'done');
  return { reservationId, nanoUsd, ceilingNanoUsd };
}

/**
 * Reserves the amount; or what is left, if nothing else is under way that needs it: it may be enough, and is of no use to
 * anybody else. Runs that stopped in their midst go first (R-GO-6).
 */
async function admit(
  query: Query,
  work: Work,
  { nanoUsd, ceilingNanoUsd }: Pick<Envelope, 'nanoUsd' | 'ceilingNanoUsd'>,
): Promise<ReservationId> {
  const metadata = { work_order_id: work.order.id, project_id: work.order.projectId, run_id: work.run.id };
  const { envelopeStepNanoUsd } = work.settings;
  const { money } = work.run.settings;
  const leastNanoUsd = money ? BigInt(money.leastNanoUsd) : leastOf(nanoUsd);
  const limits = await limitsFor(query, work);
  const keys = limits.map(({ key }) => key);
  const yields = !money && (await hasRunWaitingForMoney(query, keys.map(withoutDate)));
  // With nothing under way, no money is released for those that wait, and what is left is of no use to them.
  if (!yields || !(await isAnythingHeld(query, keys))) {
    const { reservationId } = await reserveBudget(query, nanoUsd, 'pipeline', {
      ...metadata,
      ...(ceilingNanoUsd === null ? {} : growth(ceilingNanoUsd, envelopeStepNanoUsd)),
    });
    if (reservationId !== null) return reservationId;
    const full = limits.filter(({ limitNanoUsd, usedNanoUsd }) => usedNanoUsd + nanoUsd > limitNanoUsd);
    const leftNanoUsd = full
      .map(({ limitNanoUsd, usedNanoUsd }) => limitNanoUsd - usedNanoUsd)
      .reduce(least, nanoUsd);
    const isAlone = !(await isAnythingHeld(
      query,
      full.map(({ key }) => key),
    ));
    if (full.length > 0 && leftNanoUsd >= leastNanoUsd && isAlone) {
      const partial = await reserveBudget(query, leftNanoUsd, 'pipeline', {
        ...metadata,
        ...growth(ceilingNanoUsd ?? nanoUsd, envelopeStepNanoUsd),
        expected_nano_usd: nanoUsd.toString(),
      });
      if (partial.reservationId !== null) return partial.reservationId;
    }
  }
  throw await refusedBy(query, work, nanoUsd, leastNanoUsd);
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);

/** Without what the run's earlier envelopes have cost, which ended when the money of a day or a month was used up. */
function lessDrawn({ run }: Work, { estimateNanoUsd, ceilingNanoUsd }: EnvelopeSize): EnvelopeSize {
  const { money } = run.settings;
  if (!money) return { estimateNanoUsd, ceilingNanoUsd };
  const drawnNanoUsd = BigInt(money.drawnNanoUsd);
  const leastNanoUsd = BigInt(money.leastNanoUsd);
  const less = (nanoUsd: bigint) =>
    nanoUsd - drawnNanoUsd > leastNanoUsd ? nanoUsd - drawnNanoUsd : leastNanoUsd;
  return { estimateNanoUsd: less(estimateNanoUsd), ceilingNanoUsd: ceilingNanoUsd && less(ceilingNanoUsd) };
}

/** The database function that draws calls reads these. Decimal text, because numbers in JSON are not exact. */
const growth = (ceilingNanoUsd: bigint, stepNanoUsd: bigint) => ({
  ceiling_nano_usd: ceilingNanoUsd.toString(),
  step_nano_usd: stepNanoUsd.toString(),
});

/**
 * The limit that a person set, minus what was spent. An envelope that cannot grow gets all of it. An envelope that can grow
 * begins with the estimate, so that concurrent work does not reserve money that it will not need.
 */
async function affordable(
  query: Query,
  work: Work,
  { estimateNanoUsd, ceilingNanoUsd }: EnvelopeSize,
): Promise<Pick<Envelope, 'nanoUsd' | 'ceilingNanoUsd'>> {
  // A sub-task may have taken a part of the limit since this process read it.
  const { limitNanoUsd, costNanoUsd } = (await workOrderById(query, work.order.id)) ?? work.order;
  if (limitNanoUsd === null) {
    const grows = ceilingNanoUsd !== null && ceilingNanoUsd > estimateNanoUsd;
    return { nanoUsd: estimateNanoUsd, ceilingNanoUsd: grows ? ceilingNanoUsd : null };
  }
  const left = limitNanoUsd - costNanoUsd;
  if (left > 0n && (ceilingNanoUsd === null || left <= estimateNanoUsd))
    return { nanoUsd: left, ceilingNanoUsd: null };
  if (left > 0n) return { nanoUsd: estimateNanoUsd, ceilingNanoUsd: left };
  throw budgetExceeded(
    work,
    'reserve',
    `The work order has used up its own limit of ${formatUsd(limitNanoUsd)}.`,
    'Raise it: `moose retry ID --limit USD`.',
    { costNanoUsd: costNanoUsd.toString() },
  );
}

/**
 * Reserves another envelope, within the same limits, after calls without an answer have used up most of the current
 * one: such calls are presumed spent at their worst case. The work order is not charged for that.
 */
export async function renewEnvelope(work: Work, size: EnvelopeSize): Promise<void> {
  const now = await envelopeNow(work);
  // A process that lost the run makes no calls for it.
  if (!now?.isHeld) throw new FenceLostError(work.run.id);
  const { reservationId, open, presumed, left } = now;
  work.run.reservationId = reservationId;
  // Open calls count as spent, because nobody waits for them any more: the gateway settles them, or they are presumed
  // spent.
  if (reservationId && open + presumed <= left) return;
  if (reservationId) {
    await fenced(work, async (query) => {
      await closeEnvelope(query, work.order.id, reservationId);
      await updateRun(query, work.run.id, { reservationId: null });
    });
    work.run.reservationId = null;
  }
  await reserveEnvelope(work, size);
}

function envelopeNow({ database, run, signal }: Work): Promise<EnvelopeNow | undefined> {
  return database.run((query) => envelopeOf(query, run), signal);
}

export function holdKey(reservationId: ReservationId): string {
  return `hold:${reservationId}`;
}

/** What the run's calls may still draw: the envelope as large as it may grow, minus everything spent, presumed, or in flight. */
export async function remainingNanoUsd(work: Work): Promise<bigint> {
  return (await envelopeNow(work))?.left ?? 0n;
}

/** The failure of a call that the ledger refused, so that it was not sent. */
export function doesNotFit(
  work: Work,
  { worstCaseNanoUsd, model }: { worstCaseNanoUsd: bigint; model: string },
): PermanentError {
  return budgetExceeded(
    work,
    'draw',
    `A call of up to ${formatUsd(worstCaseNanoUsd)} exceeds what is left of the work order's envelope.`,
    work.order.limitNanoUsd === null
      ? 'Retry it with another envelope (`moose retry ID`), or with a cheaper model (`moose retry ID --model M`).'
      : 'Retry it with a cheaper model (`moose retry ID --model M`), or with a higher limit (`moose retry ID --limit USD`).',
    { model, worstCaseNanoUsd: worstCaseNanoUsd.toString() },
  );
}

/**
 * Ends a run's envelope in the transaction that ends the run: what was drawn is spent, and the rest is released. If the
 * database refused to end the envelope of an earlier run, that one is ended too.
 */
export async function closeEnvelope(
  query: Query,
  workOrderId: WorkOrderId,
  reservationId: ReservationId | null,
): Promise<void> {
  for (const left of await heldReservations(query, workOrderId))
    if (left !== reservationId) await closeOne(query, left);
  if (reservationId) await closeOne(query, reservationId);
  await wakeForMoney(query);
}

async function closeOne(query: Query, reservationId: ReservationId): Promise<void> {
  await cancelReservation(query, reservationId);
  await markEffect(query, holdKey(reservationId), 'undone');
}
