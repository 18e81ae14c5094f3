// What to book for a call, by how it ended: it is presumed spent unless it is known to be free, or its usage is known
// to the token and nothing else in the answer may have been charged (R-BUD-2, R-BUD-11).
import {
  type CallFailureKind,
  noUsage,
  type TokenUsage,
  totalInputTokens,
} from '../../domain/agents/model-call.ts';
import { costOf, type ModelPrice } from '../../domain/agents/price.ts';
import type { PricedBy } from '../../engine/run/budget/call-ledger.ts';
import type { AnsweringModel } from '../request/answering-models.ts';
import { isPossible } from '../request/bound.ts';
import { regionalTenths, regionalTenthsMax } from '../request/own-host.ts';
import type { FoldEnd, InputPart } from '../wire/wire.ts';
import type { Booking } from './books.ts';
import type { RelayEnd } from './relay.ts';

/** Statuses with which a provider says that it did no work: client error, too many requests, redirect, unavailable. */
export function isUnbilled(status: number): boolean {
  return (status >= 300 && status < 500) || status === 503 || status === 529;
}

/** A slower answer may come from a proxy that gave up waiting for a provider, which bills what it has done. */
export const atOnceMs = 1_500;

/** Alone, a region only multiplies the price of the tokens: the cost is known. */
const onlyRegion = /^inference_geo: [\w-]+$/;

/**
 * The highest price of a tariff, in tenths of the default tariff; an unexpected tariff outside this list has no token
 * price.
 */
const tariffs: readonly [RegExp, bigint][] = [
  // Fast modes: six times the default price, for the most expensive model that has one.
  [/\bspeed: /, 60n],
  [/\bservice_tier: (?!.*(?:flex|batch))/i, 25n],
  [/\bservice_tier: .*(?:flex|batch)/i, 10n],
  // Regional tariff: the work stays in the region.
  [/\binference_geo: us(?![\w-])/, regionalTenths],
  [/\binference_geo: (?!us(?![\w-]))/, regionalTenthsMax],
  // Audio: its tokens cost up to eight times as much as text tokens.
  [/\bsound\b|\baudio_tokens\b/, 80n],
  [/\bttl_12h_tokens\b/, 20n],
];

export interface CallPrices {
  asked: ModelPrice;
  /** Dearer models that the answer names. */
  dearer: readonly AnsweringModel[];
  /** Models that the answer names and that have no price. */
  unpriced: readonly string[];
  /** The dearest price that the provider lists, if it is above the one that was asked for. */
  dearest: ModelPrice | null;
}

export interface Evidence {
  prices: CallPrices;
  heldNanoUsd: bigint;
  /** The input as it was sent. */
  parts: readonly InputPart[];
  /** What was reported before the answer's end. */
  input: TokenUsage | null;
  /** True if its host bills what it states in dollars. */
  billsItsCharge: boolean;
  /** True if the answer comes from the maker of its protocol, which adds harmless members from time to time. */
  isOwnHost: boolean;
}

/** @param fold null if the answer is an error */
export function bookingOf(status: number, fold: FoldEnd | null, evidence: Evidence): Booking {
  if (isUnbilled(status)) return { kind: 'void' };
  if (fold === null) return { kind: 'presume' };
  const { prices, heldNanoUsd, input, billsItsCharge } = evidence;
  const { surprise, chargedNanoUsd } = fold;
  const usage = fold.usage ?? input ?? noUsage;
  // What a host says that it bills is better than the price of a model that the answer names.
  const isBill = billsItsCharge && chargedNanoUsd !== undefined;
  const { nanoUsd: atPrice, pricedBy } = costAmong(prices, usage, isBill);
  const atTariff = surprise === null ? atPrice : atTariffs(atPrice, surprise);
  const isCredible = isBill || mayBeDollars(chargedNanoUsd ?? 0n, usage);
  const nanoUsd = larger(atTariff, isCredible ? (chargedNanoUsd ?? 0n) : 0n);
  const stops =
    chargedApart(fold, evidence) ?? (isCredible ? undefined : 'it states a charge that cannot be in dollars');
  const settled = { kind: 'settle', nanoUsd, usage, pricedBy, stops } as const;
  const isKnown = stops === undefined && (isBill || prices.unpriced.length === 0);
  const isExpected =
    surprise === null || onlyRegion.test(surprise) || isVouchedFor(evidence.prices.asked, surprise);
  const isListed = fold.unlisted === undefined || !isPresumed(fold.unlisted, evidence);
  const isCounted =
    fold.usage !== null && (isBill || isPossible(evidence.parts, fold.usage, fold.shownChars));
  // After an error, and after an unreadable part, the usage may be incomplete.
  if (fold.isWhole && isCounted && isExpected && isKnown && isListed) return settled;
  // The cost is not known, but it is at least this. Above its reservation it is booked in full: the bound was wrong.
  return settled.nanoUsd > heldNanoUsd ? settled : { kind: 'presume', stops };
}

/** No model's token costs more, with room for a fee; the dearest on the list costs $600 for a million. */
const nanoUsdPerTokenMax = 1_000_000n;

/** Credits and other currencies have numbers that no price in dollars explains. */
function mayBeDollars(chargedNanoUsd: bigint, usage: TokenUsage): boolean {
  const tokens = totalInputTokens(usage) + usage.outputTokens;
  return chargedNanoUsd <= BigInt(tokens) * nanoUsdPerTokenMax;
}

/** Why no more calls may be sent before a person has set a price for this; undefined if there is no reason. */
function chargedApart({ surprise, unlisted }: FoldEnd, evidence: Evidence): string | undefined {
  const { asked } = evidence.prices;
  if (surprise !== null && !isTariff(surprise) && !isVouchedFor(asked, surprise))
    return `its answer reports ${surprise}`;
  if (unlisted !== undefined && !evidence.isOwnHost && isPresumed(unlisted, evidence))
    return `its answer has \`${unlisted}\`, which may be charged apart`;
  return undefined;
}

const isTariff = (surprise: string) => tariffs.some(([pattern]) => pattern.test(surprise));

/** A person who sets a fee for each call, of $0 or more, has seen what the model does by itself. */
function isVouchedFor({ steps }: ModelPrice, surprise: string): boolean {
  return steps[0].perCall !== undefined && !isTariff(surprise);
}

function isPresumed(unlisted: string, { prices, isOwnHost }: Evidence): boolean {
  if (prices.asked.steps[0].perCall !== undefined) return false;
  return !isOwnHost || unlisted.startsWith('usage');
}

/** The cost at the price of the model that was asked for, or of a dearer one that answered. */
function costAmong(
  { asked, dearer, unpriced, dearest }: CallPrices,
  usage: TokenUsage,
  isBill: boolean,
): { nanoUsd: bigint; pricedBy: PricedBy | null } {
  let most: { nanoUsd: bigint; pricedBy: PricedBy | null } = {
    nanoUsd: costOf(asked, usage),
    pricedBy: null,
  };
  for (const { name, price } of isBill ? [] : dearer) {
    const nanoUsd = costOf(price, usage);
    if (nanoUsd > most.nanoUsd) most = { nanoUsd, pricedBy: { model: name, version: price.version } };
  }
  // A model without a price may be the dearest one.
  if (!isBill && unpriced.length > 0 && dearest !== null)
    most = { ...most, nanoUsd: larger(most.nanoUsd, costOf(dearest, usage)) };
  return most;
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function atTariffs(nanoUsd: bigint, surprise: string): bigint {
  return tariffs.reduce(
    (cost, [pattern, tenths]) => (pattern.test(surprise) ? (cost * tenths + 9n) / 10n : cost),
    nanoUsd,
  );
}

/** Why a successful answer is incomplete; null if it is complete. */
export function failureOfAnswer(
  how: RelayEnd['how'],
  fold: FoldEnd,
  isStream: boolean,
): CallFailureKind | null {
  if (fold.failure !== null) return fold.failure;
  if (fold.isWhole) return null;
  if (how === 'idle') return 'timeout';
  if (how === 'cut') return 'cut_stream';
  // The provider closed the connection properly, but before the protocol's end, or it does not speak the protocol.
  return isStream && fold.usage !== null ? 'cut_stream' : 'malformed';
}
