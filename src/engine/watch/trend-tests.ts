// Whether recent behaviour differs from the usual behaviour by more than chance. Pure.
//
// Sources: M. R. Reynolds and Z. G. Stoumbos, 'A CUSUM chart for monitoring a proportion when inspecting continuously'
// (Journal of Quality Technology 31, 1999) for rates; NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.3 (two
// means with unequal variances, Welch) for latencies, which are compared by their logarithms because they are skewed to
// the right. For rates, comparing two windows by their z-score was tried first: with a check every few minutes, only
// one warning in four was right, because every check is another chance of a false alarm.

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
 * How strongly the newest outcomes favour the rate `risen` over the rate `baseline`: a sum of log-likelihood ratios that
 * restarts whenever it falls below zero. It may be evaluated after every outcome without more false alarms. With a
 * threshold of ln(n), there is one false alarm in n or more outcomes if nothing has changed.
 */
export function evidenceOfRise(outcomes: readonly boolean[], baseline: number, risen: number): number {
  const whenBad = Math.log(risen / baseline);
  const whenGood = Math.log((1 - risen) / (1 - baseline));
  return outcomes.reduce((sum, isBad) => Math.max(0, sum + (isBad ? whenBad : whenGood)), 0);
}

/** By how many standard errors the recent mean is above the usual one; 0 if there is nothing to compare. */
export function riseOfTimes(recent: LogTimes, baseline: LogTimes): number {
  if (recent.count < 2 || baseline.count < 2) return 0;
  const error = Math.sqrt(recent.deviation ** 2 / recent.count + baseline.deviation ** 2 / baseline.count);
  const rise = recent.mean - baseline.mean;
  if (error === 0) return rise > 0 ? Number.POSITIVE_INFINITY : 0;
  return rise / error;
}

/** The 95th percentile of a log-normal distribution. */
const z95 = 1.645;

/** The time, in milliseconds, that 95% of calls stay below. */
export function slowOf({ mean, deviation }: LogTimes): number {
  return Math.exp(mean + z95 * deviation);
}
