// What is observed about one value that has a limit: whether it is moving toward the limit, and whether it has reached
// it. Pure.
import type { Foretold } from '../../store/failures/forecasts.ts';

export const forecastSignals = [
  'failure_rate',
  'refusals',
  'retries',
  'outcomes',
  'latency',
  'circuit',
  'budget',
  'no_progress',
  'going_nowhere',
] as const;
export type ForecastSignal = (typeof forecastSignals)[number];

export interface Observed extends Foretold {
  signal: ForecastSignal;
  /** Moving toward its limit, by more than chance. */
  isRising: boolean;
  /** When the limit was last crossed; null if it was not, as far as is known. */
  crossedAt: Date | null;
  /** True if the limit will certainly not be crossed any more. */
  isOver: boolean;
  /** True if nobody will ever know, because the predicted event was prevented. */
  isUnknowable?: boolean;
}

/** A warning that has not come true within this time counts as wrong. */
export const horizonMs: Readonly<Record<ForecastSignal, number>> = {
  failure_rate: 2 * 3_600_000,
  refusals: 2 * 3_600_000,
  retries: 2 * 3_600_000,
  latency: 2 * 3_600_000,
  // A circuit counts failures within one minute.
  circuit: 2 * 60_000,
  // These forecasts end with their subject: the run, the budget window, the work order.
  outcomes: 24 * 3_600_000,
  budget: 32 * 24 * 3_600_000,
  no_progress: 30 * 24 * 3_600_000,
  going_nowhere: 30 * 24 * 3_600_000,
};

/** Worth a warning: the value is moving toward its limit, and has not crossed it recently. */
export function isForetold(
  { isRising, crossedAt, isOver, value, threshold, signal }: Observed,
  now: Date,
): boolean {
  const isThere = crossedAt !== null && now.getTime() - crossedAt.getTime() <= horizonMs[signal];
  return isRising && !isOver && !isThere && value < threshold;
}

/** Whether the forecast came true; 'open' while that is unknown, null if it will never be known. */
export function verdictOn(
  forecast: { signal: string; raisedAt: Date },
  seen: Observed | undefined,
  now: Date,
): boolean | null | 'open' {
  if (seen?.isUnknowable) return null;
  if (seen?.crossedAt && seen.crossedAt >= forecast.raisedAt) return true;
  if (seen?.isOver) return false;
  const horizon = horizonMs[forecast.signal as ForecastSignal] ?? 0;
  return now.getTime() - forecast.raisedAt.getTime() > horizon ? false : 'open';
}
