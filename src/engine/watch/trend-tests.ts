// Whether what happened lately differs from what is usual by more than chance. Pure.
//
// Sources: M. R. Reynolds and Z. G. Stoumbos, 'A CUSUM chart for monitoring a proportion when inspecting continuously'
// (Journal of Quality Technology 31, 1999) for shares; NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.3 (two means
// with unequal variances, Welch) for latencies, compared by their logarithms, because they are skewed to the right.
// A comparison of two windows by their z was tried for shares first: looked at every few minutes it gave one right
// warning in four, because every look is another chance to be wrong.

export interface Share {
  bad: number;
  all: number;
}

export interface LogTimes {
  count: number;
  /** Mean and standard deviation of the natural logarithms of milliseconds. */
  mean: number;
  deviation: number;
}

export function rateOf({ bad, all }: Share): number {
  return all === 0 ? 0 : bad / all;
}

/**
 * How strongly the newest outcomes speak for the share `risen` against the share `usual`, as a sum of log-likelihoods that
 * starts again whenever it falls below nothing: it may be asked after every outcome without more false alarms for that.
 * With a threshold of ln(n), one false alarm comes in n outcomes or more where nothing has changed.
 */
export function evidenceOfRise(outcomes: readonly boolean[], usual: number, risen: number): number {
  const whenBad = Math.log(risen / usual);
  const whenGood = Math.log((1 - risen) / (1 - usual));
  return outcomes.reduce((sum, isBad) => Math.max(0, sum + (isBad ? whenBad : whenGood)), 0);
}

/** How many standard errors the recent mean lies above the usual one; 0 where there is nothing to compare. */
export function riseOfTimes(recent: LogTimes, usual: LogTimes): number {
  if (recent.count < 2 || usual.count < 2) return 0;
  const error = Math.sqrt(recent.deviation ** 2 / recent.count + usual.deviation ** 2 / usual.count);
  const rise = recent.mean - usual.mean;
  if (error === 0) return rise > 0 ? Number.POSITIVE_INFINITY : 0;
  return rise / error;
}

/** The 95th percentile of a log-normal distribution. */
const z95 = 1.645;

/** Milliseconds that nineteen of twenty stay below. */
export function slowOf({ mean, deviation }: LogTimes): number {
  return Math.exp(mean + z95 * deviation);
}
