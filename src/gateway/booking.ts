// What to book for a call, by how it ended: it is presumed spent unless it is known to be free, or its usage is known
// to the token (R-BUD-2).
import { type CallFailureKind, noUsage, type TokenUsage } from '../domain/model-call.ts';
import { costOf, type ModelPrice } from '../domain/price.ts';
import type { PricedBy } from '../engine/budget/call-ledger.ts';
import type { AnsweringModel } from './answering-models.ts';
import type { Booking } from './books.ts';
import type { RelayEnd } from './relay.ts';
import type { FoldEnd } from './wire/wire.ts';

/** Statuses with which a provider says that it did no work: client error, too many requests, redirect, unavailable. */
export function isUnbilled(status: number): boolean {
  return (status >= 300 && status < 500) || status === 503 || status === 529;
}

/**
 * The highest price of a tariff, in tenths of the default tariff; an unexpected tariff outside this list has no token
 * price.
 */
const tariffs: readonly [RegExp, bigint][] = [
  // Fast modes: six times the default price, for the most expensive model that has one.
  [/\bspeed: /, 60n],
  [/\bservice_tier: (?!.*(?:flex|batch))/i, 25n],
  // Regional tariff: the work stays in the region.
  [/\binference_geo: /, 11n],
  // Audio: its tokens cost up to eight times as much as text tokens.
  [/\bsound\b|\baudio_tokens\b/, 80n],
  [/\bttl_12h_tokens\b/, 20n],
];

export interface CallPrices {
  asked: ModelPrice;
  /** Dearer models that the answer names. */
  dearer: readonly AnsweringModel[];
}

/** @param fold null if the answer is an error @param input what was reported before the answer's end */
export function bookingOf(
  status: number,
  fold: FoldEnd | null,
  { prices, heldNanoUsd, input }: { prices: CallPrices; heldNanoUsd: bigint; input: TokenUsage | null },
): Booking {
  if (isUnbilled(status)) return { kind: 'void' };
  if (fold === null) return { kind: 'presume' };
  const { surprise, chargedNanoUsd = 0n } = fold;
  const usage = fold.usage ?? input ?? noUsage;
  // What a provider says that it has charged is better than the price of a model that it names.
  const { nanoUsd: atPrice, pricedBy } = costAmong(prices, usage, fold.chargedNanoUsd !== undefined);
  const atTariff = surprise === null ? atPrice : atTariffs(atPrice, surprise);
  // A provider that chooses among hosts may charge more than the price that Moose has for the model.
  const settled = { kind: 'settle', nanoUsd: larger(atTariff, chargedNanoUsd), usage, pricedBy } as const;
  // An error in the middle of a stream ends the answer too; after an unreadable part, the usage may be incomplete.
  const isOver = fold.isWhole || (fold.failure !== null && fold.failure !== 'malformed');
  if (isOver && fold.usage !== null && surprise === null) return settled;
  // The cost is not known, but it is at least this. Above its reservation it is booked in full and freezes its windows:
  // the bound was wrong.
  return settled.nanoUsd > heldNanoUsd ? settled : { kind: 'presume' };
}

/** The cost at the price of the model that was asked for, or of a dearer one that answered. */
function costAmong(
  { asked, dearer }: CallPrices,
  usage: TokenUsage,
  isCharged: boolean,
): { nanoUsd: bigint; pricedBy: PricedBy | null } {
  let most: { nanoUsd: bigint; pricedBy: PricedBy | null } = {
    nanoUsd: costOf(asked, usage),
    pricedBy: null,
  };
  for (const { name, price } of isCharged ? [] : dearer) {
    const nanoUsd = costOf(price, usage);
    if (nanoUsd > most.nanoUsd) most = { nanoUsd, pricedBy: { model: name, version: price.version } };
  }
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
