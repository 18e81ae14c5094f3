// The most that a call can cost, before it is sent: a bound on its input, the dearest rates that it can reach, and the
// limit on its output. Never below what the provider bills, or the ledger is no limit (R-BUD-2, R-BUD-3).
import { type TokenUsage, totalInputTokens } from '../domain/model-call.ts';
import {
  costOf,
  dearestInput,
  dearestRates,
  inNanoUsd,
  type ModelPrice,
  type TokenRates,
  tokensFor,
} from '../domain/price.ts';
import type { FindSettled } from './prefix-memory.ts';
import type { CachePremium, ReadCall, Refusal } from './wire/wire.ts';

export interface WorstCase {
  inputTokensMax: number;
  worstCaseNanoUsd: bigint;
}

export type BoundedCall = Pick<ReadCall, 'model' | 'parts' | 'besideTokensMax' | 'cachePremium'>;

/** What a provider writes around each message: roles and separators. */
const partOverheadTokens = 64;
/** What it adds once: its own instructions for tools (up to 804 tokens with Anthropic), the form of the answer. */
const requestOverheadTokens = 1_000;

/** `settled` finds what an earlier call of the same session and model began with. */
export function worstCase(
  call: BoundedCall,
  price: ModelPrice,
  outputTokensMax: number,
  settled: FindSettled,
): WorstCase | { refusal: Refusal } {
  const inputTokensMax = Math.min(
    tokensOf(call, call.parts),
    tokensAfterSettled(call, settled),
    contextOf(price),
  );
  if (!Number.isFinite(inputTokensMax)) return { refusal: unseen(call.model) };
  return { inputTokensMax, worstCaseNanoUsd: worst(price, { ...call, inputTokensMax }, outputTokensMax) };
}

/** The same once the provider has said how long the input is: that part is known, the answer may still take its limit. */
export function shrunk(price: ModelPrice, input: TokenUsage, outputTokensMax: number): bigint {
  return costOf(price, { ...input, outputTokens: Math.max(input.outputTokens, outputTokensMax) });
}

/** Even text of blanks alone is hardly longer than this. */
const bytesPerTokenMax = 8;

/** A beginning may state a placeholder: nothing, or less than the text that was sent can be. */
export function isBelievable(parts: ReadCall['parts'], input: TokenUsage): boolean {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return totalInputTokens(input) > bytes / bytesPerTokenMax;
}

/** How long the answer may become for the money; 0 where it does not even pay for the input. */
export function affordableOutput(
  price: ModelPrice,
  call: { inputTokensMax: number; cachePremium: CachePremium },
  nanoUsd: bigint,
): number {
  const left = nanoUsd - worst(price, call, 0);
  return tokensFor(left, dearestRates(price, call.inputTokensMax).output, Number.MAX_SAFE_INTEGER);
}

function worst(
  price: ModelPrice,
  { inputTokensMax, cachePremium }: { inputTokensMax: number; cachePremium: CachePremium },
  outputTokensMax: number,
): bigint {
  const rates = dearestRates(price, inputTokensMax);
  return inNanoUsd(
    BigInt(inputTokensMax) * inputRate(rates, cachePremium) + BigInt(outputTokensMax) * rates.output,
  );
}

/**
 * The premium of a cache that nobody asked for counts too: some providers write theirs by themselves, and charge for it.
 * What is kept for an hour is kept when the request says so alone.
 */
function inputRate(rates: TokenRates, cachePremium: CachePremium): bigint {
  const usual = dearestInput(rates);
  return cachePremium === 'write_1h' && rates.cacheWrite1h > usual ? rates.cacheWrite1h : usual;
}

/** A step that begins where the context was thought to end says that it does not end there. */
function contextOf({ contextTokens, steps }: ModelPrice): number {
  if (contextTokens === null) return Number.POSITIVE_INFINITY;
  return steps.reduce((most, { aboveInputTokens }) => Math.max(most, aboveInputTokens + 1), contextTokens);
}

/** Every byte that is sent is a token, but for what has been counted by the provider; what cannot be seen is without bound. */
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
 * The longest beginning that was settled before has been counted by the provider itself: its input, what it answered (which
 * may come again with reasoning that nobody sees), and the bytes of what is new.
 */
function tokensAfterSettled(call: BoundedCall, settled: FindSettled): number {
  const { parts } = call;
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const hash = parts[index]?.hash ?? null;
    const before = hash === null ? null : settled(hash);
    if (before !== null) {
      return before.inputTokens + before.outputTokens + tokensOf(call, parts.slice(index + 1));
    }
  }
  return Number.POSITIVE_INFINITY;
}

function unseen(model: string): Refusal {
  return {
    failure: 'refused_feature',
    message: `The request contains an input of unknown size (an image, a file, a stored conversation), and the context size of ${model} is unknown; send text, or set its context in MOOSE_PRICES.`,
  };
}
