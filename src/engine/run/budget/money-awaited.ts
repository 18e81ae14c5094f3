// Work that lacks money waits for it (R-GO-5): until reserved money is released, a limit is raised, or its day or month
// turns. All work that waits for one limit shares one question, whose recommended answer is to wait; or to raise the limit, if
// it is too small for the work whenever it turns.

import type { ExternalServiceError, MooseError } from '../../../domain/failure.ts';
import { spanOf } from '../../../domain/limits/raised-limits.ts';
import { formatUsd } from '../../../domain/money.ts';
import type { MoneyAwaited, RunSettings } from '../../../domain/work-order/work-order.ts';
import { wakeRuns } from '../../../durable/wake-runs.ts';
import type { Query } from '../../../store/database.ts';
import type { OptionDraft } from '../../../store/failures/escalations.ts';
import { type EnvelopeRoom, roomOf } from '../../../store/money/costs.ts';
import { type LimitUse, turnOf } from '../../../store/money/limits.ts';
import type { Run } from '../../../store/work/runs/runs.ts';
import { moneyKey } from '../../../store/work/runs/runs-of.ts';
import { recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { askTogether, moneyPrefix } from '../../questions/ask-human.ts';
import { raiseOptionOf } from '../../questions/raise-limit-option.ts';
import type { Work } from '../work.ts';
import { budgetFailures } from './failure-catalogue.ts';
import { commandFor, nameOfLimit, withoutDate } from './limit-words.ts';

/** A run is not started with less than this share of what it probably needs. */
const leastShare = 10n;

export function leastOf(estimateNanoUsd: bigint): bigint {
  const least = estimateNanoUsd / leastShare;
  return least > 0n ? least : 1n;
}

export const leftOf = ({ limitNanoUsd, usedNanoUsd }: LimitUse) => limitNanoUsd - usedNanoUsd;

export interface AwaitedLimit {
  limit: LimitUse;
  /** True if only a person can change that: it never turns, or is too small for the work even then. */
  isTooSmall: boolean;
}

/**
 * The limit that is waited for; null if the work order's own limit is full, which concerns nobody else. Without a full limit,
 * others need what is left.
 */
export function awaitedLimit(
  limits: readonly LimitUse[],
  nanoUsd: bigint,
  leastNanoUsd: bigint,
): AwaitedLimit | null {
  const full = limits.filter((limit) => leftOf(limit) < nanoUsd);
  const awaited = full.length > 0 ? full : limits.filter(({ key }) => spanOf(key) !== null);
  if (awaited.some(({ key }) => key.startsWith('work_order:'))) return null;
  const tooSmall = awaited.find(
    ({ key, limitNanoUsd }) => spanOf(key) === null || leastNanoUsd > limitNanoUsd,
  );
  const limit = tooSmall ?? awaited.toSorted((a, b) => (leftOf(a) < leftOf(b) ? -1 : 1))[0];
  return limit ? { limit, isTooSmall: tooSmall !== undefined } : null;
}

export async function moneyAwaited(
  query: Query,
  order: WorkOrder,
  { limit: full, isTooSmall }: AwaitedLimit,
  nanoUsd: bigint,
): Promise<ExternalServiceError> {
  const { key, limitNanoUsd, usedNanoUsd } = full;
  const needs =
    leftOf(full) < nanoUsd
      ? `${formatUsd(nanoUsd)} for this work order exceeds what is left of`
      : 'Work orders that began earlier need what is left of';
  const facts = {
    operation: 'reserve',
    workOrderId: order.id,
    metadata: {
      window: key,
      limitNanoUsd: limitNanoUsd.toString(),
      usedNanoUsd: usedNanoUsd.toString(),
      estimateNanoUsd: nanoUsd.toString(),
    },
  };
  const words = {
    needs,
    name: nameOfLimit(key),
    limit: formatUsd(limitNanoUsd),
    used: formatUsd(usedNanoUsd),
  };
  if (isTooSmall) {
    const command = commandFor(key, order.projectId) ?? `moose project set ${order.projectId} --limit USD`;
    return budgetFailures.MONEY_AWAITED_LIMIT(facts, { ...words, command });
  }
  const turnsAt = await turnOf(query, spanOf(key) ?? 'daily');
  const metadata = { ...facts.metadata, turnsAt: turnsAt.toISOString() };
  const time = turnsAt.toISOString().replace('T', ' ').slice(0, 16);
  return budgetFailures.MONEY_AWAITED({ ...facts, metadata }, { ...words, time });
}

/** Its calls were refused with what was left, so it needs half as much again to get on. */
export function leastAfter(
  { settings: { money } }: Run,
  { leftNanoUsd, drawnNanoUsd }: EnvelopeRoom,
): bigint {
  const before = money ? BigInt(money.leastNanoUsd) : leastOf(drawnNanoUsd);
  return mostOf(before, leftNanoUsd + leftNanoUsd / 2n);
}

/** What is written with the pause of a run that gives back its envelope. */
export async function afterMoneyRanOut(
  { database, run, signal }: Work,
  { metadata }: Pick<MooseError, 'metadata'>,
): Promise<RunSettings> {
  const { reservationId, settings } = run;
  const room = reservationId
    ? await database.run((query) => roomOf(query, reservationId), signal)
    : undefined;
  const drawnNanoUsd = BigInt(settings.money?.drawnNanoUsd ?? 0) + (room?.drawnNanoUsd ?? 0n);
  const leastNanoUsd = room ? leastAfter(run, room) : 1n;
  const money: MoneyAwaited = {
    limit: withoutDate(String(metadata.window)),
    leastNanoUsd: leastNanoUsd.toString(),
    drawnNanoUsd: drawnNanoUsd.toString(),
  };
  return { ...settings, money };
}

export const mostOf = (a: bigint, b: bigint) => (a > b ? a : b);

/** Call this in the transaction that pauses the run. */
export async function askAboutMoney(
  query: Query,
  order: WorkOrder,
  failure: Pick<ExternalServiceError, 'code' | 'message' | 'metadata' | 'failureClass' | 'advice'>,
): Promise<void> {
  const { window: key, limitNanoUsd, usedNanoUsd, estimateNanoUsd, turnsAt } = failure.metadata;
  const limit = String(key);
  const needed = BigInt(String(usedNanoUsd)) + BigInt(String(estimateNanoUsd));
  const raise = raiseOptionOf(limit, { nanoUsd: BigInt(String(limitNanoUsd)), neededNanoUsd: needed });
  const isTooSmall = turnsAt === undefined;
  const wait = waitOption(isTooSmall ? null : String(turnsAt));
  const ways = isTooSmall && raise ? [raise, wait] : [wait, ...(raise ? [raise] : [])];
  const { id, hasJoined } = await askTogether(
    query,
    {
      failureClass: failure.failureClass,
      title: `${capital(nameOfLimit(limit))} is ${isTooSmall ? 'too small' : 'used up'}: work orders wait for money`,
      context: {
        code: failure.code,
        because: failure.message,
        advice: failure.advice ?? null,
        evidence: failure.metadata,
      },
      options: [...ways, cancelOption],
      recommendedOption: ways[0]?.id ?? 'wait',
      component: 'budget',
      operation: 'reserve',
      code: failure.code,
      // Without the date: the question about today is the one about tomorrow, if nobody has answered it.
      groupKey: `${moneyPrefix}${withoutDate(limit)}`,
    },
    order.id,
  );
  if (!hasJoined) return;
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'paused',
    actor: 'moose:budget',
    reason: failure.message,
    detail: { window: limit, escalationId: id },
  });
}

const free = { chance: null, chanceOf: 0, costNanoUsd: '0' } as const;

/** Null: it does not turn, or that does not help. */
const waitOption = (turnsAt: string | null): OptionDraft => ({
  ...free,
  id: 'wait',
  kind: 'wait',
  label:
    turnsAt === null
      ? 'Wait: they continue when the limit is raised'
      : `Wait: they continue when money is released, or at ${turnsAt.slice(11, 16)} UTC`,
  risk: 'low',
});

const cancelOption: OptionDraft = {
  ...free,
  id: 'cancel',
  kind: 'cancel',
  label: 'Cancel all work orders that wait for it',
  risk: 'medium',
};

/** How many are tried for one envelope that ends: each of them may find that it still does not fit. */
const wokenMax = 2;

/** Money was released: those who have waited longest look again. */
export async function wakeForMoney(query: Query, runsMax = wokenMax): Promise<void> {
  await wakeRuns(query, moneyKey, { runsMax });
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
