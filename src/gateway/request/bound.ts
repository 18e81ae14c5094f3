// The most that a call can cost, computed before it is sent: a bound on its input, the highest rates that it can reach,
// and the limit on its output. If it were ever below what the provider bills, the ledger would be no limit (R-BUD-2,
// R-BUD-3).
import { type TokenUsage, totalInputTokens } from '../../domain/agents/model-call.ts';
import {
  costOf,
  dearestInput,
  dearestRates,
  inNanoUsd,
  type ModelPrice,
  type TokenRates,
  tokensFor,
} from '../../domain/agents/price.ts';
import type { GatewayLimits } from '../limits.ts';
import type { CachePremium, ReadCall, Refusal } from '../wire/wire.ts';
import type { FindSealed, FindSettled } from './prefix-memory.ts';

export interface WorstCase {
  inputTokensMax: number;
  worstCaseNanoUsd: bigint;
}

export type BoundedCall = Pick<
  ReadCall,
  'model' | 'parts' | 'besideTokensMax' | 'cachePremium' | 'thinkingTokensMax'
>;

/** What decides the price of a call, besides the length of its answer. */
type PricedCall = Pick<ReadCall, 'cachePremium' | 'thinkingTokensMax'> & { inputTokensMax: number };

/** What a provider adds around each message: roles and separators. */
const partOverheadTokens = 64;
/**
 * What a provider adds once per request: its own instructions for tools (up to 804 tokens at Anthropic), and the format
 * of the answer.
 */
const requestOverheadTokens = 1_000;

/**
 * `settled` finds the prefix of an earlier call in the same session to the same model, `sealed` the most tokens of what only
 * the provider can read.
 */
export function worstCase(
  call: BoundedCall,
  price: ModelPrice,
  outputTokensMax: number,
  settled: FindSettled,
  sealed: FindSealed = () => null,
): WorstCase | { refusal: Refusal } {
  const all = tokensOf(call, call.parts) + sealedTokens(call.parts, sealed);
  const bytes = Math.min(all, tokensAfterSettled(call, settled, sealed));
  const inputTokensMax = Number.isFinite(bytes) ? bytes : contextOf(price);
  if (!Number.isFinite(inputTokensMax)) return { refusal: unseen(call.model) };
  return { inputTokensMax, worstCaseNanoUsd: worst(price, { ...call, inputTokensMax }, outputTokensMax) };
}

/**
 * The bound after the provider has reported the input, so that only the length of the answer, with all its thinking, is
 * unknown.
 */
export function shrunk(price: ModelPrice, input: TokenUsage, outputTokensMax: number): bigint {
  return costOf(price, { ...input, outputTokens: Math.max(input.outputTokens, outputTokensMax) });
}

/** The longest tokens are long runs of spaces, and even they are hardly ever longer than this. */
const bytesPerTokenMax = 8;

/** False if the input count at the start of an answer may be a placeholder: zero, or too low for the sent text. */
export function isBelievable(parts: ReadCall['parts'], input: TokenUsage): boolean {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return totalInputTokens(input) > bytes / bytesPerTokenMax;
}

/**
 * False if less is counted than was sent or shown. Far fewer tokens than any tokenizer makes, because a host may leave out
 * what it does not read again, such as encrypted reasoning; but no host reads nothing of a long request.
 */
export function isPossible(parts: ReadCall['parts'], usage: TokenUsage, shownChars: number): boolean {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return (
    bytes <= freeBytes + totalInputTokens(usage) * sentBytesPerTokenMax &&
    shownChars <= freeChars + usage.outputTokens * shownCharsPerTokenMax
  );
}

const freeBytes = 16_384;
const sentBytesPerTokenMax = 256;
const freeChars = 4_096;
const shownCharsPerTokenMax = 32;

/** The longest answer that the money allows; 0 if it does not even pay for the input. */
export function affordableOutput(price: ModelPrice, call: PricedCall, nanoUsd: bigint): number {
  const left = nanoUsd - worst(price, call, 0);
  return tokensFor(left, dearestRates(price, call.inputTokensMax).output, Number.MAX_SAFE_INTEGER);
}

function worst(
  price: ModelPrice,
  { inputTokensMax, cachePremium, thinkingTokensMax = 0 }: PricedCall,
  outputTokensMax: number,
): bigint {
  const rates = dearestRates(price, inputTokensMax);
  const ofTokens = inNanoUsd(
    BigInt(inputTokensMax) * inputRate(rates, cachePremium) +
      BigInt(outputTokensMax + thinkingTokensMax) * rates.output,
  );
  return ofTokens + (rates.perCall ?? 0n);
}

/**
 * Includes the premium for a cache that nobody requested: some providers write to their cache by default and charge for
 * it. Content is kept for an hour only if the request says so.
 */
function inputRate(rates: TokenRates, cachePremium: CachePremium): bigint {
  const byDefault = dearestInput(rates);
  return cachePremium === 'write_1h' && rates.cacheWrite1h > byDefault ? rates.cacheWrite1h : byDefault;
}

/** The largest context that providers of models for code have offered: a smaller one may grow any day. */
const grownContextTokens = 1_050_000;

/**
 * Bounds only what nobody can see. A price step above the listed context size shows that the context is longer than
 * listed.
 */
function contextOf({ contextTokens, steps }: ModelPrice): number {
  if (contextTokens === null) return Number.POSITIVE_INFINITY;
  const known = steps.map(({ aboveInputTokens }) => aboveInputTokens + 1);
  return Math.max(contextTokens, grownContextTokens, ...known);
}

/** Every byte counts as one token; a part of unknown size has no bound. */
function tokensOf(
  { besideTokensMax }: Pick<BoundedCall, 'besideTokensMax'>,
  parts: ReadCall['parts'],
): number {
  return parts.reduce(
    (sum, { tokensMax }) => sum + (tokensMax ?? Number.POSITIVE_INFINITY) + partOverheadTokens,
    requestOverheadTokens + besideTokensMax,
  );
}

/**
 * Uses what the provider counted for the longest settled prefix: its input and its answer, which may come back with
 * hidden reasoning. The rest is bounded by its bytes.
 */
function tokensAfterSettled(call: BoundedCall, settled: FindSettled, sealed: FindSealed): number {
  const { parts } = call;
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const hash = parts[index]?.hash ?? null;
    const before = hash === null ? null : settled(hash);
    if (before !== null) {
      const after = parts.slice(index + 1);
      const hidden = Math.max(before.outputTokens, sealedTokens(after, sealed));
      return before.inputTokens + hidden + tokensOf(call, after);
    }
  }
  return Number.POSITIVE_INFINITY;
}

function sealedTokens(parts: ReadCall['parts'], find: FindSealed): number {
  return parts
    .flatMap(({ sealed = [] }) => sealed)
    .reduce((sum, hash) => sum + (find(hash) ?? Number.POSITIVE_INFINITY), 0);
}

function unseen(model: string): Refusal {
  return {
    failure: 'refused_feature',
    message: `The request contains an input of unknown size (an image, a file, a stored conversation), and the context size of ${model} is unknown; send text, or set its context in MOOSE_PRICES.`,
  };
}

/** The answer length to reserve for: as requested, or the default, up to the maximum. */
export function outputToReserve(
  { outputTokensMax }: Pick<ReadCall, 'outputTokensMax'>,
  limits: Pick<GatewayLimits, 'outputTokensDefault' | 'outputTokensMax'>,
): number {
  return Math.min(outputTokensMax ?? limits.outputTokensDefault, limits.outputTokensMax);
}
