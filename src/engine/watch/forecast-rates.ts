// Forecasts rising rates of failures, refusals, retries and unsuccessful runs. Pure.
import type { ForecastSignal, Observed } from './forecast.ts';
import { evidenceOfRise, rateOf, type Share } from './trend-tests.ts';

/** The recent outcomes of one subject, and its usual rate. */
export interface RateTally {
  signal: Extract<ForecastSignal, 'failure_rate' | 'refusals' | 'retries' | 'outcomes'>;
  component: string;
  subject: string;
  /** True for each bad outcome; oldest first. */
  newest: readonly boolean[];
  /** How many of the newest outcomes are recent: the limit applies to these. */
  recentCount: number;
  /** The rate before the recent outcomes. */
  baseline: Share;
}

export const rateRules = {
  /** The limit: when half of the outcomes that usually succeed fail, it is an outage and no longer a trend. */
  limitShare: 0.5,
  /** With fewer recent outcomes, the result could be chance. */
  recentMin: 12,
  baselineMin: 20,
  /** The increase to detect, as a share of the way from the usual rate to the limit. */
  risenShare: 0.6,
  /** At this threshold, there is one false alarm in 10,000 or more outcomes if nothing has changed. */
  evidenceMin: Math.log(10_000),
  /** Below this share of the threshold, the increase is over. */
  overShare: 0.25,
  /** A usual rate of zero gives no ratio. */
  baselineShareMin: 0.02,
} as const;

const words: Readonly<Record<RateTally['signal'], string>> = {
  failure_rate: 'fail',
  refusals: 'are unusable',
  retries: 'are retried',
  outcomes: 'do not succeed',
};

export function observeRate(tally: RateTally, now: Date): Observed {
  const { signal, component, subject, newest, recentCount, baseline } = tally;
  const { limitShare, recentMin, baselineMin, risenShare, evidenceMin, overShare } = rateRules;
  const recent = newest.slice(Math.max(0, newest.length - recentCount));
  const value = rateOf({ bad: recent.filter(Boolean).length, all: recent.length });
  const before = Math.max(rateRules.baselineShareMin, (baseline.bad + 1) / (baseline.all + 2));
  const limit = before + limitShare * (1 - before);
  const risen = before + risenShare * (limit - before);
  const evidenceIn = (outcomes: readonly boolean[]) => evidenceOfRise(outcomes, before, risen);
  const isEnough = recent.length >= recentMin;
  return {
    key: `${signal}:${component}:${subject}`,
    signal,
    component,
    subject,
    value,
    threshold: limit,
    isRising: isEnough && baseline.all >= baselineMin && evidenceIn(newest) >= evidenceMin,
    crossedAt: isEnough && value >= limit ? now : null,
    // The recent outcomes alone no longer show an increase.
    isOver: isEnough && evidenceIn(recent) < overShare * evidenceMin,
    message: `${percent(value)} of the latest ${recent.length} of ${subject} ${words[signal]}; ${percent(rateOf(baseline))} is normal.`,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
