// Forecasts rising shares: of failures, refusals, retries and unsuccessful runs. Pure.
import type { ForecastSignal, Observed } from './forecast.ts';
import { evidenceOfRise, rateOf, type Share } from './trend-tests.ts';

/** One thing's outcomes lately, and its share as it usually is. */
export interface RateTally {
  signal: Extract<ForecastSignal, 'failure_rate' | 'refusals' | 'retries' | 'outcomes'>;
  component: string;
  subject: string;
  /** True for each that was bad; the oldest first. */
  newest: readonly boolean[];
  /** How many of the newest are recent: the limit is about these. */
  recentCount: number;
  /** Of the time before. */
  usual: Share;
}

export const rateRules = {
  /** Where every other one fails that usually does not, it is no trend any more: the limit, of what usually succeeds. */
  limitShare: 0.5,
  /** Of fewer recent ones, chance says as much. */
  recentMin: 12,
  usualMin: 20,
  /** The rise that is looked for: so far on the way from the usual share to the limit. */
  risenShare: 0.6,
  /** One false alarm in 10,000 outcomes or more where nothing has changed. */
  evidenceMin: Math.log(10_000),
  /** Less than this share of that, and the rise is over. */
  overShare: 0.25,
  /** A share of nothing cannot be compared with. */
  usualShareMin: 0.02,
} as const;

const words: Readonly<Record<RateTally['signal'], string>> = {
  failure_rate: 'fail',
  refusals: 'are unusable',
  retries: 'are retried',
  outcomes: 'do not succeed',
};

export function observeRate(tally: RateTally, now: Date): Observed {
  const { signal, component, subject, newest, recentCount, usual } = tally;
  const { limitShare, recentMin, usualMin, risenShare, evidenceMin, overShare } = rateRules;
  const recent = newest.slice(Math.max(0, newest.length - recentCount));
  const value = rateOf({ bad: recent.filter(Boolean).length, all: recent.length });
  const before = Math.max(rateRules.usualShareMin, (usual.bad + 1) / (usual.all + 2));
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
    isRising: isEnough && usual.all >= usualMin && evidenceIn(newest) >= evidenceMin,
    crossedAt: isEnough && value >= limit ? now : null,
    // The recent ones alone show nothing of it any more.
    isOver: isEnough && evidenceIn(recent) < overShare * evidenceMin,
    message: `${percent(value)} of the latest ${recent.length} of ${subject} ${words[signal]}; ${percent(rateOf(usual))} is normal.`,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
