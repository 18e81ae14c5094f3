// The confidence interval of a proportion. Pure.

/** 95% of a normal distribution lie within this many standard deviations. */
const deviations = 1.959964;

/**
 * The 95% interval of a proportion of `of` cases, by Wilson's score: E. B. Wilson, 'Probable inference, the law of
 * succession, and statistical inference', Journal of the American Statistical Association 22 (1927), 209–212. Without
 * cases, it is [0, 1].
 */
export function wilsonInterval(hits: number, of: number): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const share = hits / of;
  const square = deviations ** 2;
  const middle = share + square / (2 * of);
  const spread = deviations * Math.sqrt((share * (1 - share)) / of + square / (4 * of ** 2));
  const scale = 1 + square / of;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}
