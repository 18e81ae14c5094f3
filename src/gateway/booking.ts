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

/** `fold`: null where the answer is an error. */
export function bookingOf(status: number, fold: FoldEnd | null, price: ModelPrice): Booking {
  if (isUnbilled(status)) return { kind: 'void' };
  if (fold === null || fold.usage === null || fold.surprise !== null) return { kind: 'presume' };
  // An error that the provider tells of in the midst ends an answer too; what cannot be read may have said more.
  const isOver = fold.isWhole || (fold.failure !== null && fold.failure !== 'malformed');
  if (!isOver) return { kind: 'presume' };
  return { kind: 'settle', nanoUsd: costOf(price, fold.usage), usage: fold.usage };
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
