// Writes the draws and bookings of concurrent calls together, so that many of them share a commit. A draw is written at
// once. A booking waits a little for the next draw, because nobody waits for it; it never waits behind a locked row.
import { isMooseError } from '../../../domain/failure.ts';
import { inLanes } from '../../../stdx/async/in-lanes.ts';
import { writtenTogether } from '../../../stdx/async/written-together.ts';
import type { Query } from '../../../store/database.ts';
import {
  bookAndDrawCalls,
  bookCall,
  bookCalls,
  type CallBooking,
  type DrawnRow,
  drawCall,
  drawCalls,
} from '../../../store/money/draw-and-book-calls.ts';
import type { CallDraw } from './call-ledger.ts';

export interface CallWriter {
  draw(draw: CallDraw): Promise<DrawnRow>;
  /** `isAwaited`: somebody waits for this booking, so it is written at once. */
  book(booking: CallBooking, isAwaited?: boolean): Promise<boolean>;
}

type Run = <T>(work: (query: Query) => Promise<T>) => Promise<T>;

interface Item {
  draw: CallDraw | null;
  booking: CallBooking | null;
  mayWait: boolean;
}

type Answers<Answer> = (Answer | Promise<Answer>)[];

/** A write that takes longer waits for a row, or for a database that is slow or silent; the next one may be faster. */
const batches = { itemsMax: 64, patienceMs: 20 };
/** About as long as a client without tools takes to make its next call. */
const companyMsMax = 10;

/**
 * Maximum number of calls that are written alone at the same time: each takes a connection for as long as its rows are
 * locked. Calls of the same key share an envelope and would wait for each other. The key of a booking is not known here.
 */
const aloneMax = { drawsPerKey: 1, bookings: 4 };

/** @param soon runs draws, which a client waits for @param surely runs bookings, however long it takes */
export function openCallWriter(soon: Run, surely: Run): CallWriter {
  const ofKey = inLanes(aloneMax.drawsPerKey);
  const lanes = inLanes(aloneMax.bookings);
  const drawAlone = (draw: CallDraw) => ofKey.run(draw.keyId, () => soon((query) => drawCall(query, draw)));
  const bookAlone = (booking: CallBooking) =>
    lanes.run('all', () => surely((query) => bookCall(query, booking)));
  const drawAll = orAlone(
    (draws: CallDraw[]) => soon((query) => drawCalls(query, draws)),
    drawAlone,
    (draw) => ofKey.isFull(draw.keyId),
  );
  const bookAll = orAlone(
    (bookings: CallBooking[]) => surely((query) => bookCalls(query, bookings)),
    bookAlone,
    () => lanes.isFull('all'),
  );

  /** Bookings without an answer are written apart from the draws, so that no draw waits for them. */
  function answered(
    bookings: CallBooking[],
    booked: readonly (boolean | null | undefined)[],
  ): Answers<boolean> {
    const rest = bookings.filter((_, index) => typeof booked[index] !== 'boolean');
    const later = rest.length === 0 ? Promise.resolve([]) : bookAll(rest);
    return bookings.map((booking, index) => {
      const restIndex = rest.indexOf(booking);
      return restIndex < 0
        ? (booked[index] as boolean)
        : later.then((answers) => answers[restIndex] as boolean);
    });
  }

  async function bookAndDraw(
    bookings: CallBooking[],
    draws: CallDraw[],
  ): Promise<{ booked: Answers<boolean>; drawn: Answers<DrawnRow> }> {
    if (draws.length === 0) return { booked: await bookAll(bookings), drawn: [] };
    if (bookings.length === 0) return { booked: [], drawn: await drawAll(draws) };
    try {
      const { booked, drawn } = await soon((query) => bookAndDrawCalls(query, bookings, draws));
      return {
        booked: answered(bookings, booked),
        drawn: draws.map((draw, index) => drawn[index] ?? drawAlone(draw)),
      };
    } catch (cause) {
      // One of them is wrong, and must not fail the others.
      if (isMooseError(cause) && !cause.retryable)
        return { booked: bookings.map(bookAlone), drawn: draws.map(drawAlone) };
      // The draws have waited long enough. The bookings wait for the database.
      return { booked: answered(bookings, []), drawn: draws.map(() => Promise.reject(cause)) };
    }
  }

  const write = writtenTogether<Item, DrawnRow | boolean>(
    async (items) => {
      const bookings = items.flatMap(({ booking }) => booking ?? []);
      const draws = items.flatMap(({ draw }) => draw ?? []);
      const { booked, drawn } = await bookAndDraw(bookings, draws);
      const [nextBooked, nextDrawn] = [booked.values(), drawn.values()];
      return items.map(
        ({ draw }) => (draw === null ? nextBooked : nextDrawn).next().value as boolean | DrawnRow,
      );
    },
    { ...batches, mayWait: ({ mayWait }) => mayWait, companyMsMax },
  );
  return {
    draw: (draw) => write({ draw, booking: null, mayWait: false }) as Promise<DrawnRow>,
    book: (booking, isAwaited = false) =>
      write({ draw: null, booking, mayWait: !isAwaited }) as Promise<boolean>,
  };
}

/**
 * Writes a batch. What it could not answer (null), and all of it if the database refuses the batch, is written alone.
 * So is a single item, which is faster, unless it would have to wait for others.
 */
function orAlone<Item, Answer>(
  together: (items: Item[]) => Promise<(Answer | null)[]>,
  alone: (item: Item) => Promise<Answer>,
  wouldWait: (item: Item) => boolean,
): (items: Item[]) => Promise<Answers<Answer>> {
  return async (items) => {
    const [first] = items;
    if (first !== undefined && items.length === 1 && !wouldWait(first)) return [await alone(first)];
    try {
      const answers = await together(items);
      return items.map((item, index) => answers[index] ?? alone(item));
    } catch (cause) {
      // One of them is wrong, and must not fail the others.
      if (isMooseError(cause) && !cause.retryable) return items.map(alone);
      throw cause;
    }
  };
}
