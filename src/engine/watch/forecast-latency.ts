// Forecasts answers that get slower and approach the time limit. Pure.
import type { Observed } from './forecast.ts';
import { type LogTimes, riseOfTimes, slowOf } from './trend-tests.ts';

export interface LatencyTally {
  component: string;
  subject: string;
  recent: LogTimes;
  baseline: LogTimes;
  /** After this time, a call is given up. */
  limitMs: number;
  /** When a call last exceeded its time limit. */
  timedOutAt: Date | null;
}

export const latencyRules = {
  recentMin: 6,
  baselineMin: 20,
  zMin: 3,
  /** The slowest 5% take more than this share of the limit. */
  nearShare: 0.4,
} as const;

export function observeLatency(tally: LatencyTally): Observed {
  const { component, subject, recent, baseline, limitMs, timedOutAt } = tally;
  const { recentMin, baselineMin, zMin, nearShare } = latencyRules;
  const slowMs = recent.count === 0 ? 0 : slowOf(recent);
  const isEnough = recent.count >= recentMin;
  const isSlower = baseline.count >= baselineMin && riseOfTimes(recent, baseline) >= zMin;
  return {
    key: `latency:${component}:${subject}`,
    signal: 'latency',
    component,
    subject,
    value: slowMs,
    threshold: limitMs,
    isRising: isEnough && isSlower && slowMs >= nearShare * limitMs,
    crossedAt: timedOutAt,
    isOver: isEnough && slowMs < (nearShare / 2) * limitMs,
    message: `Slow answers of ${subject} take ${seconds(slowMs)} and are getting slower; calls are aborted after ${seconds(limitMs)}.`,
  };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
