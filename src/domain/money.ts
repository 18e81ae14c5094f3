// Money is integer nano-dollars internally and decimal dollars at the interfaces.

export const nanoUsdPerUsd = 1_000_000_000n;
const fractionDigits = 9;

/**
 * Exact: `'0.0000000015'` has more digits than a nano-dollar and is refused. Returns undefined if the text is not an
 * amount.
 */
export function parseUsd(text: string): bigint | undefined {
  const match = /^\$?(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, whole = '0', fraction = ''] = match;
  return BigInt(whole) * nanoUsdPerUsd + BigInt(fraction.padEnd(fractionDigits, '0'));
}

/**
 * Converts a JSON number, rounded to a millionth of a dollar: people write no more digits than that. An amount above
 * zero stays above zero, because a limit must.
 */
export function nanoOfUsd(usd: number): bigint {
  const millionths = Math.round(usd * 1e6);
  return BigInt(millionths === 0 && usd > 0 ? 1 : millionths) * (nanoUsdPerUsd / 1_000_000n);
}

/** For people: whole cents, or as many digits as are needed to show that it is not zero. */
export function formatUsd(nanoUsd: bigint): string {
  const sign = nanoUsd < 0n ? '-' : '';
  const absolute = nanoUsd < 0n ? -nanoUsd : nanoUsd;
  const fraction = (absolute % nanoUsdPerUsd).toString().padStart(fractionDigits, '0');
  const significant = fraction.search(/[1-9]/);
  const digits = significant < 2 ? 2 : Math.min(significant + 2, fractionDigits);
  return `${sign}$${absolute / nanoUsdPerUsd}.${fraction.slice(0, digits)}`;
}

/** As `formatUsd`, of an amount for programs. */
export function formatUsdNumber(usd: number): string {
  return formatUsd(nanoOfNumber(usd));
}

/** The amount that `usdNumber` made a number of, within float precision. */
export function nanoOfNumber(usd: number): bigint {
  return BigInt(Math.round(usd * Number(nanoUsdPerUsd)));
}

/** For programs: a decimal number of dollars, exact to a nano-dollar within float precision. */
export function usdNumber(nanoUsd: bigint): number {
  return Number(nanoUsd) / Number(nanoUsdPerUsd);
}

/** Exact to a nano-dollar: a sum of floats has digits that nobody paid. */
export function sumUsd(amounts: readonly number[]): number {
  return usdNumber(amounts.reduce((sum, usd) => sum + nanoOfNumber(usd), 0n));
}
