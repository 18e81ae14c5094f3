import { nanoUsdPerUsd } from '../domain/money.ts';

const fractionDigits = nanoUsdPerUsd.toString().length - 1;
/** A cost above a billion dollars is nonsense. */
const usdMax = 1_000_000_000;

/** Dollars as a JSON number, by its decimal digits, to the nearest nano-dollar. Null if it is not an amount. */
export function nanoUsdOf(value: unknown): bigint | null {
  if (typeof value !== 'number' || !(value >= 0 && value <= usdMax)) return null;
  // The shortest digits that represent this number are the ones it was written with.
  const [digits = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  const shift = Number(exponent) + fractionDigits - fraction.length;
  const units = BigInt(whole + fraction);
  if (shift >= 0) return units * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (units + divisor / 2n) / divisor;
}
