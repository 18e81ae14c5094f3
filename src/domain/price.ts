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

const tokensPerRate = 1_000_000n;

/** The step that a call with so much input pays. */
export function stepFor(price: ModelPrice, inputTokens: number): PriceStep {
  return price.steps.findLast((step) => inputTokens > step.aboveInputTokens) ?? price.steps[0];
}

/** Nano-dollars, rounded up once. */
export function costOf(price: ModelPrice, usage: TokenUsage): bigint {
  const rates = stepFor(price, totalInputTokens(usage));
  const total =
    BigInt(usage.inputTokens) * rates.input +
    BigInt(usage.cacheReadTokens) * rates.cacheRead +
    BigInt(usage.cacheWriteTokens) * rates.cacheWrite +
    BigInt(usage.cacheWrite1hTokens) * rates.cacheWrite1h +
    BigInt(usage.outputTokens) * rates.output;
  return (total + tokensPerRate - 1n) / tokensPerRate;
}
