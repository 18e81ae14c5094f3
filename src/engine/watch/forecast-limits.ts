// Forecasts when a count reaches its limit: failures before a circuit opens, the money of a day or a month, and what a
// work order may spend without progress. Pure.
import { shortId, type WorkOrderId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { Observed } from './forecast.ts';

export interface CircuitTally {
  /** The circuit: `provider:anthropic`. */
  key: string;
  /** Failures within the circuit's window. */
  failures: number;
  openedAt: Date | null;
}

/** R-REC-2: five failures within a minute open a circuit. */
export const circuitLimit = 5;
export const circuitWindowMs = 60_000;
const circuitNear = 3;

export function observeCircuit({ key, failures, openedAt }: CircuitTally): Observed {
  const subject = key.replace(/^\w+:/, '');
  return {
    key: `circuit:${key}`,
    signal: 'circuit',
    component: 'circuits',
    subject,
    value: failures,
    threshold: circuitLimit,
    isRising: failures >= circuitNear,
    crossedAt: openedAt,
    isOver: false,
    message: `${failures} calls of ${key.replace(':', ' ')} failed within a minute; ${circuitLimit} failures open its circuit.`,
  };
}

export interface BudgetTally {
  /** The budget window: `day:2026-01-31`, `month:2026-01`. */
  key: string;
  limitNanoUsd: bigint;
  usedNanoUsd: bigint;
  /** The money spent in the last hours, and the number of calls. */
  lately: { nanoUsd: bigint; calls: number; hours: number };
  endsAt: Date;
}

/** With fewer calls, one expensive call would look like a trend. */
const budgetCallsMin = 5;
/** Below this share of the limit, a warning would be premature. */
const budgetUsedMin = 0.25;
/** Above this share, the next envelope no longer fits: the limit is reached in practice. */
const budgetFullShare = 0.98;

export function observeBudget(
  { key, limitNanoUsd, usedNanoUsd, lately, endsAt }: BudgetTally,
  now: Date,
): Observed {
  const limit = Number(limitNanoUsd);
  const used = Number(usedNanoUsd) / limit;
  const hoursLeft = Math.max(0, endsAt.getTime() - now.getTime()) / 3_600_000;
  const projected = used + ((Number(lately.nanoUsd) / lately.hours) * hoursLeft) / limit;
  const isEnough = lately.calls >= budgetCallsMin && used >= budgetUsedMin;
  return {
    key: `budget:${key}`,
    // `isRising` uses the projected spending, so that the warning comes before the limit is reached.
    signal: 'budget',
    component: 'budget',
    subject: key,
    value: used,
    threshold: budgetFullShare,
    isRising: isEnough && projected > 1,
    crossedAt: used >= budgetFullShare ? now : null,
    isOver: now >= endsAt,
    message: `${formatUsd(usedNanoUsd)} of ${formatUsd(limitNanoUsd)} of ${key} is used; at the rate of the last ${lately.hours} h it would reach ${Math.round(projected * 100)} % of the limit.`,
  };
}

export interface StandstillTally {
  workOrderId: WorkOrderId;
  /** Counts since the work order's newest verified fact. */
  agentRuns: number;
  modelCalls: number;
  costNanoUsd: bigint;
  parkedAt: Date | null;
  isOpen: boolean;
}

const standstillNear = 0.7;

/** Forecasts the limits of what may be spent without progress: beyond them the work order is parked (R-PIPE-12). */
export function observeStandstill(
  tally: StandstillTally,
  limits: EngineSettings['withoutProgress'],
): Observed {
  const share = Math.max(
    tally.agentRuns / limits.agentRunsMax,
    tally.modelCalls / limits.modelCallsMax,
    Number(tally.costNanoUsd) / Number(limits.costNanoUsdMax),
  );
  const subject = shortId(tally.workOrderId);
  return {
    key: `no_progress:${tally.workOrderId}`,
    signal: 'no_progress',
    component: 'pipeline',
    subject,
    value: share,
    threshold: 1,
    workOrderId: tally.workOrderId,
    isRising: tally.isOpen && share >= standstillNear,
    crossedAt: tally.parkedAt,
    // A verified fact resets the count.
    isOver: tally.parkedAt === null && (!tally.isOpen || share < standstillNear / 2),
    message: `Work order ${subject} has used ${Math.round(share * 100)} % of what it may spend without any new verified fact.`,
  };
}
