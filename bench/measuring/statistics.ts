// Statistics of a series of measurements. Pure.

/** The value below which the share `q` (0 to 1) of the values is; interpolated between two values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('A quantile of no values');
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Rounds to this many significant digits: further digits change from run to run. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
