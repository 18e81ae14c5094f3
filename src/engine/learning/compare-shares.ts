// Whether two proportions differ significantly, and which of many such comparisons are significant. Pure.

export interface Share {
  hits: number;
  of: number;
}

/**
 * Fisher's exact test: the probability that chance alone makes the first proportion this much greater than the second,
 * in [0, 1]; valid for few cases too. R. A. Fisher, 'On the interpretation of χ² from contingency tables, and the
 * calculation of P', Journal of the Royal Statistical Society 85 (1922), 87–94.
 */
export function chanceOfGreater(one: Share, other: Share): number {
  const hits = one.hits + other.hits;
  const all = one.of + other.of;
  const most = Math.min(one.of, hits);
  const whole = logChoose(all, hits);
  let chance = 0;
  for (let got = one.hits; got <= most; got++)
    chance += Math.exp(logChoose(one.of, got) + logChoose(other.of, hits - got) - whole);
  return Math.min(1, chance);
}

function logChoose(of: number, chosen: number): number {
  if (chosen < 0 || chosen > of) return Number.NEGATIVE_INFINITY;
  return logFactorial(of) - logFactorial(chosen) - logFactorial(of - chosen);
}

/** Up to this number, logarithms of factorials come from a table; above it, Stirling's series is exact to ten digits. */
const summedMax = 1_024;
const summed = [0];
for (let each = 1; each <= summedMax; each++) summed.push((summed[each - 1] ?? 0) + Math.log(each));

function logFactorial(of: number): number {
  return summed[of] ?? (of + 0.5) * Math.log(of) - of + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * of);
}

/**
 * For each probability, the smallest share of false discoveries at which it would be reported, in the given order: of all that
 * are reported at 0.05, at most a twentieth is wrong on average. It finds more than Holm's method where many comparisons are made,
 * and holds for comparisons that overlap, as these do. Y. Benjamini and Y. Hochberg, 'Controlling the false discovery rate', Journal of
 * the Royal Statistical Society B 57 (1995), 289–300; Y. Benjamini and D. Yekutieli, Annals of Statistics 29 (2001), 1165–1188.
 */
export function falseDiscoveryRates(chances: readonly number[]): number[] {
  const rates = chances.map(() => 1);
  const order = chances
    .map((chance, index) => ({ chance, index }))
    .sort((one, other) => other.chance - one.chance);
  let least = 1;
  for (const [from, { chance, index }] of order.entries()) {
    least = Math.min(least, (chance * chances.length) / (chances.length - from));
    rates[index] = least;
  }
  return rates;
}
