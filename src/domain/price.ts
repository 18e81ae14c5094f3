// What a model costs, exactly: integer nano-dollars per million tokens, so that a price of eleven decimals is still whole.
import { type TokenUsage, totalInputTokens } from './model-call.ts';

/** Nano-dollars per million tokens: $1 per million is 1_000_000_000n. */
export interface TokenRates {
  input: bigint;
  cacheRead: bigint;
  cacheWrite: bigint;
  cacheWrite1h: bigint;
  output: bigint;
}

export interface PriceStep extends TokenRates {
  /** The step holds for calls whose whole input is longer than this; the first one has 0. */
  aboveInputTokens: number;
}

/** One version of a model's price. */
export interface ModelPrice {
  /** Names the row that it came from; every booked call names it too. */
  version: string;
  /** By `aboveInputTokens`, lowest first; never empty. The step that the whole input reaches holds for all of a call's tokens. */
  steps: readonly [PriceStep, ...PriceStep[]];
  /** The most that the model reads; null where it is not known. */
  contextTokens: number | null;
}

/** `provider/model`, and nothing looser: null is a model without a price, and what has no price is not called (R-BUD-9). */
export type FindPrice = (name: string) => ModelPrice | null;

export const rateNames = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'output'] as const;

const tokensPerRate = 1_000_000n;
const nanoDigits = 9;

/**
 * Dollars per million tokens, in decimal notation, as every provider lists them. More digits than a nano-dollar are rounded up.
 * @throws RangeError for what is no such number.
 */
export function nanoUsdPerMillion(usd: string): bigint {
  const [, whole = '', decimals = ''] = /^(\d{1,6})(?:\.(\d{1,15}))?$/.exec(usd) ?? [];
  if (whole === '') {
    throw new RangeError(`A price is a decimal number of dollars, not ${JSON.stringify(usd)}`);
  }
  const nano = BigInt(whole + decimals.slice(0, nanoDigits).padEnd(nanoDigits, '0'));
  return /^0*$/.test(decimals.slice(nanoDigits)) ? nano : nano + 1n;
}

/** The same the other way round, for people: exactly, and in whole cents at least. */
export function usdPerMillion(rate: bigint): string {
  const digits = rate.toString().padStart(nanoDigits + 1, '0');
  const decimals = digits.slice(-nanoDigits).replace(/0{1,7}$/, '');
  return `$${digits.slice(0, -nanoDigits)}.${decimals}`;
}

/** The step that a call with so much input pays. */
export function stepFor(price: ModelPrice, inputTokens: number): PriceStep {
  return price.steps.findLast((step) => inputTokens > step.aboveInputTokens) ?? price.steps[0];
}

/** The dearest that each kind of token can cost in a call of at most so much input. */
export function dearestRates(price: ModelPrice, inputTokensMax: number): TokenRates {
  const reachable = price.steps.filter(
    ({ aboveInputTokens }, index) => index === 0 || inputTokensMax > aboveInputTokens,
  );
  const dearest = { ...price.steps[0] };
  for (const step of reachable)
    for (const name of rateNames) if (step[name] > dearest[name]) dearest[name] = step[name];
  return dearest;
}

/** Whether it is read, kept for minutes, or found again: what a token of input costs at most, unless it is kept for an hour. */
export function dearestInput({ input, cacheRead, cacheWrite }: TokenRates): bigint {
  return [cacheRead, cacheWrite].reduce((most, rate) => (rate > most ? rate : most), input);
}

/** Nano-dollars, rounded up once. */
export function costOf(price: ModelPrice, usage: TokenUsage): bigint {
  return costAt(stepFor(price, totalInputTokens(usage)), usage);
}

/** The same at rates that were chosen otherwise: for the sum of many calls, whose total says nothing of the step of each. */
export function costAt(rates: TokenRates, usage: TokenUsage): bigint {
  return inNanoUsd(
    BigInt(usage.inputTokens) * rates.input +
      BigInt(usage.cacheReadTokens) * rates.cacheRead +
      BigInt(usage.cacheWriteTokens) * rates.cacheWrite +
      BigInt(usage.cacheWrite1hTokens) * rates.cacheWrite1h +
      BigInt(usage.outputTokens) * rates.output,
  );
}

/** Rounded up: so many tokens, each at a rate per million. */
export function inNanoUsd(tokensTimesRates: bigint): bigint {
  return (tokensTimesRates + tokensPerRate - 1n) / tokensPerRate;
}

/** How many tokens of one rate the money buys, up to a limit; of what costs nothing, the limit. */
export function tokensFor(nanoUsd: bigint, rate: bigint, tokensMax: number): number {
  if (nanoUsd < 0n) return 0;
  if (rate <= 0n) return tokensMax;
  const tokens = (nanoUsd * tokensPerRate) / rate;
  return tokens < BigInt(tokensMax) ? Number(tokens) : tokensMax;
}
