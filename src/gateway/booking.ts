// What to book for a call, by how it ended: what is not known to be free, or known to the token, is presumed (R-BUD-2).
import type { CallFailureKind } from '../domain/model-call.ts';
import { costOf, type ModelPrice } from '../domain/price.ts';
import type { Booking } from './books.ts';
import type { RelayEnd } from './relay.ts';
import type { FoldEnd } from './wire/wire.ts';

/** Statuses by which a provider says that it did no work: the client's fault, too many, redirected, not now. */
export function isUnbilled(status: number): boolean {
  return (status >= 300 && status < 500) || status === 503 || status === 529;
}

/** What a tariff costs at most, in tenths of the usual one; a surprise that is none of them has no price by the token. */
const tariffs: readonly [RegExp, bigint][] = [
  // Fast modes: six times as much with the dearest model that has one.
  [/\bspeed: /, 60n],
  [/\bservice_tier: (?!.*(?:flex|batch))/i, 25n],
  // Of a region, where the work stays in it.
  [/\binference_geo: /, 11n],
  // Sound: tokens of it cost up to eight times as much as those of text.
  [/\bsound\b|\baudio_tokens\b/, 80n],
  [/\bttl_12h_tokens\b/, 20n],
];

/** @param heldNanoUsd what a presumption would book. `fold`: null where the answer is an error. */
export function bookingOf(
  status: number,
  fold: FoldEnd | null,
  price: ModelPrice,
  heldNanoUsd: bigint,
): Booking {
  if (isUnbilled(status)) return { kind: 'void' };
  if (fold === null || fold.usage === null) return { kind: 'presume' };
  // An error that the provider tells of in the midst ends an answer too; what cannot be read may have said more.
  const isOver = fold.isWhole || (fold.failure !== null && fold.failure !== 'malformed');
  if (!isOver) return { kind: 'presume' };
  const { usage, surprise } = fold;
  const nanoUsd = costOf(price, usage);
  if (surprise === null) return { kind: 'settle', nanoUsd, usage };
  // More than was held is booked as it is, and freezes what it is paid from: the bound was wrong.
  const dearest = atTariffs(nanoUsd, surprise);
  return dearest > heldNanoUsd ? { kind: 'settle', nanoUsd: dearest, usage } : { kind: 'presume' };
}

function atTariffs(nanoUsd: bigint, surprise: string): bigint {
  return tariffs.reduce(
    (cost, [pattern, tenths]) => (pattern.test(surprise) ? (cost * tenths + 9n) / 10n : cost),
    nanoUsd,
  );
}

/** Why an answer of a good status came to nothing; null where it came to its end. */
export function failureOfAnswer(
  how: RelayEnd['how'],
  fold: FoldEnd,
  isStream: boolean,
): CallFailureKind | null {
  if (fold.failure !== null) return fold.failure;
  if (fold.isWhole) return null;
  if (how === 'idle') return 'timeout';
  if (how === 'cut') return 'cut_stream';
  // The provider ended it in order, but before its protocol does; or it never was of the protocol.
  return isStream && fold.usage !== null ? 'cut_stream' : 'malformed';
}
