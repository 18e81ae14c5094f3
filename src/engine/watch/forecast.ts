// What is seen of one thing that has a limit: whether it is on the way there, and whether it has arrived. Pure.
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
  /** On the way to its limit, by more than chance. */
  isRising: boolean;
  /** When the limit was last crossed; null: not as far as can be seen. */
  crossedAt: Date | null;
  /** It is certain that the limit will not be crossed any more. */
  isOver: boolean;
  /** Nobody will ever know: what was foretold was prevented. */
  isUnknowable?: boolean;
}

/** What has not come true after so long was no warning. */
export const horizonMs: Readonly<Record<ForecastSignal, number>> = {
  failure_rate: 2 * 3_600_000,
  refusals: 2 * 3_600_000,
  retries: 2 * 3_600_000,
  latency: 2 * 3_600_000,
  // A circuit counts the failures of one minute.
  circuit: 2 * 60_000,
  // These end with what they are about: the run, the window, the work order.
  outcomes: 24 * 3_600_000,
  budget: 32 * 24 * 3_600_000,
  no_progress: 30 * 24 * 3_600_000,
  going_nowhere: 30 * 24 * 3_600_000,
};

/** Worth a warning: it is on its way, and has not been there of late. */
export function isForetold(
  { isRising, crossedAt, isOver, value, threshold, signal }: Observed,
  now: Date,
): boolean {
  const isThere = crossedAt !== null && now.getTime() - crossedAt.getTime() <= horizonMs[signal];
  return isRising && !isOver && !isThere && value < threshold;
}

/** 'open' while it is not known; null where it never will be. */
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
