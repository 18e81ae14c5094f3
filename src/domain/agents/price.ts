// What a model costs, exactly: integer nano-dollars per million tokens, so that a price with eleven decimals is still
// an integer.
import { type TokenUsage, totalInputTokens } from './model-call.ts';

/** Nano-dollars per million tokens: $1 per million is 1_000_000_000n. */
export interface TokenRates {
  input: bigint;
  cacheRead: bigint;
  cacheWrite: bigint;
  cacheWrite1h: bigint;
  output: bigint;
  /** Nano-dollars for each call besides its tokens. Undefined if nobody has said that there is such a fee, or none. */
  perCall?: bigint;
}

export interface PriceStep extends TokenRates {
  /** The step applies to calls whose whole input is longer than this; the first one has 0. */
  aboveInputTokens: number;
}

/** One version of a model's price. */
export interface ModelPrice {
  /** Identifies its row; every booked call refers to it. */
  version: string;
  /** By `aboveInputTokens`, lowest first; never empty. The step for the whole input applies to all tokens of a call. */
  steps: readonly [PriceStep, ...PriceStep[]];
  /** The model's context size; null if unknown. */
  contextTokens: number | null;
}

/** Looks up `provider/model` exactly. Null: the model has no price, so it is not called (R-BUD-9). */
export type FindPrice = (name: string) => ModelPrice | null;

export const rateNames = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'output'] as const;

const tokensPerRate = 1_000_000n;
const nanoDigits = 9;

/**
 * Dollars per million tokens in decimal notation, as every provider lists them. More digits than a nano-dollar are
 * rounded up.
 * @throws RangeError if it is not a number
 */
export function nanoUsdPerMillion(usd: string): bigint {
  const [, whole = '', decimals = ''] = /^(\d{1,6})(?:\.(\d{1,15}))?$/.exec(usd) ?? [];
  if (whole === '') {
    throw new RangeError(`A price is a decimal number of dollars, not ${JSON.stringify(usd)}`);
  }
  const nano = BigInt(whole + decimals.slice(0, nanoDigits).padEnd(nanoDigits, '0'));
  return /^0*$/.test(decimals.slice(nanoDigits)) ? nano : nano + 1n;
}

/** The inverse, for people: exact, with at least whole cents. */
export function usdPerMillion(rate: bigint): string {
  const digits = rate.toString().padStart(nanoDigits + 1, '0');
  const decimals = digits.slice(-nanoDigits).replace(/0{1,7}$/, '');
  return `$${digits.slice(0, -nanoDigits)}.${decimals}`;
}

/** The step for a call with this much input. */
export function stepFor(price: ModelPrice, inputTokens: number): PriceStep {
  return price.steps.findLast((step) => inputTokens > step.aboveInputTokens) ?? price.steps[0];
}

/** The highest price of each kind of token in a call with at most this much input. */
export function dearestRates(price: ModelPrice, inputTokensMax: number): TokenRates {
  const reachable = price.steps.filter(
    ({ aboveInputTokens }, index) => index === 0 || inputTokensMax > aboveInputTokens,
  );
  const dearest = { ...price.steps[0] };
  const perCall = dearestFee(reachable);
  if (perCall !== undefined) dearest.perCall = perCall;
  for (const step of reachable)
    for (const name of rateNames) if (step[name] > dearest[name]) dearest[name] = step[name];
  return dearest;
}

function dearestFee(rates: readonly TokenRates[]): bigint | undefined {
  return rates.reduce<bigint | undefined>(
    (most, { perCall }) => (perCall !== undefined && perCall > (most ?? -1n) ? perCall : most),
    undefined,
  );
}

/**
 * A bound on what either of two models costs: at each size of the input the higher rate of both, and the larger
 * context. It has the version of the first.
 */
export function dearerOf(price: ModelPrice, other: ModelPrice): ModelPrice {
  const contexts = [price.contextTokens, other.contextTokens].filter((tokens) => tokens !== null);
  const [first, ...rest] = sizesOf(price, other).map((aboveInputTokens): PriceStep => {
    const step = { ...stepFor(price, aboveInputTokens + 1), aboveInputTokens };
    const beside = stepFor(other, aboveInputTokens + 1);
    for (const name of rateNames) if (beside[name] > step[name]) step[name] = beside[name];
    const perCall = dearestFee([step, beside]);
    return perCall === undefined ? step : { ...step, perCall };
  });
  return {
    version: price.version,
    steps: [first ?? price.steps[0], ...rest],
    contextTokens: contexts.length === 2 ? Math.max(...contexts) : null,
  };
}

/** True if a token of some kind costs more than at the other price, at some size of the input. */
export function isDearer(price: ModelPrice, other: ModelPrice): boolean {
  return sizesOf(price, other).some((size) => {
    const [step, beside] = [stepFor(price, size + 1), stepFor(other, size + 1)];
    return (
      rateNames.some((name) => step[name] > beside[name]) || (step.perCall ?? 0n) > (beside.perCall ?? 0n)
    );
  });
}

/** Where a step of one of the prices begins, lowest first. */
function sizesOf(...prices: readonly ModelPrice[]): number[] {
  const sizes = prices.flatMap(({ steps }) => steps.map(({ aboveInputTokens }) => aboveInputTokens));
  return [...new Set(sizes)].sort((one, other) => one - other);
}

/**
 * The highest rate of new input, input cached for minutes, and input read from the cache: the most that an input token
 * costs, unless it is cached for an hour.
 */
export function dearestInput({ input, cacheRead, cacheWrite }: TokenRates): bigint {
  return [cacheRead, cacheWrite].reduce((most, rate) => (rate > most ? rate : most), input);
}

/** A price in a place that costs more: its version says how much more, so that a cost can be computed again. */
export function dearerPrice(price: ModelPrice, tenths: bigint): ModelPrice {
  const dearer = (step: PriceStep): PriceStep => ({
    ...step,
    ...Object.fromEntries(rateNames.map((name) => [name, (step[name] * tenths + 9n) / 10n])),
    ...(step.perCall !== undefined && { perCall: (step.perCall * tenths + 9n) / 10n }),
  });
  const [first, ...rest] = price.steps;
  const version = `${price.version} x${tenths / 10n}.${tenths % 10n}`;
  return { ...price, version, steps: [dearer(first), ...rest.map(dearer)] };
}

/** The version of the listed price, and by how many tenths it was multiplied: the inverse of `dearerPrice`. */
export function listedVersion(version: string): { version: string; tenths: bigint } {
  const [, listed, whole = '', tenth = ''] = /^(.+) x(\d+)\.(\d)$/.exec(version) ?? [];
  return listed === undefined ? { version, tenths: 10n } : { version: listed, tenths: BigInt(whole + tenth) };
}

/** The cost in nano-dollars, rounded up once. */
export function costOf(price: ModelPrice, usage: TokenUsage): bigint {
  const step = stepFor(price, totalInputTokens(usage));
  return costAt(step, usage) + (step.perCall ?? 0n);
}

/** The cost at given rates: for the sum of many calls, because a sum does not show the price step of each call. */
export function costAt(rates: TokenRates, usage: TokenUsage): bigint {
  return inNanoUsd(
    BigInt(usage.inputTokens) * rates.input +
      BigInt(usage.cacheReadTokens) * rates.cacheRead +
      BigInt(usage.cacheWriteTokens) * rates.cacheWrite +
      BigInt(usage.cacheWrite1hTokens) * rates.cacheWrite1h +
      BigInt(usage.outputTokens) * rates.output,
  );
}

/** Converts tokens times a rate per million into nano-dollars, rounded up. */
export function inNanoUsd(tokensTimesRates: bigint): bigint {
  return (tokensTimesRates + tokensPerRate - 1n) / tokensPerRate;
}

/** How many tokens the money buys at this rate: at most `tokensMax`, even if they are free. */
export function tokensFor(nanoUsd: bigint, rate: bigint, tokensMax: number): number {
  if (nanoUsd < 0n) return 0;
  if (rate <= 0n) return tokensMax;
  const tokens = (nanoUsd * tokensPerRate) / rate;
  return tokens < BigInt(tokensMax) ? Number(tokens) : tokensMax;
}
