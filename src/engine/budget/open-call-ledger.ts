// The gateway's ledger on a database. A draw succeeds or fails quickly; the outcome of a call is recorded however long
// the database is unavailable.
import { isMooseError, TransientError } from '../../domain/failure.ts';
import { assertNever } from '../../stdx/assert-never.ts';
import { inLanes } from '../../stdx/in-lanes.ts';
import { writtenTogether } from '../../stdx/written-together.ts';
import type { Database, Query } from '../../store/database.ts';
import {
  bookCall,
  bookCalls,
  type CallBooking,
  type DrawnRow,
  drawCall,
  drawCalls,
  keepBodies,
  recordRefusedCall,
} from '../../store/money/call-ledger.ts';
import { keyState, stopKey } from '../../store/money/gateway-keys.ts';
import type { CallDraw, CallLedger, DrawAnswer } from './call-ledger.ts';

export interface CallLedgerOptions {
  /** Aborts every wait for an unavailable database. */
  signal?: AbortSignal;
  /** Time limit for keys and draws, which a client waits for. */
  answerMsMax?: number;
}

const answerMsMaxDefault = 5_000;
/** A write that takes longer waits for a row, or for a database that is slow or silent; the next one may be faster. */
const batches = { itemsMax: 64, patienceMs: 20 };

/**
 * Writing a call alone takes a connection for as long as its rows are locked. The calls of one key share an envelope, so
 * that one of them is enough; of a booking, the key is not known here.
 */
const aloneMax = { drawsPerKey: 1, bookings: 4 };

export function openCallLedger(
  database: Database,
  { signal, answerMsMax = answerMsMaxDefault }: CallLedgerOptions = {},
): CallLedger {
  const soon = <T>(work: (query: Query) => Promise<T>) => answeredSoon(database, work, answerMsMax, signal);
  const surely = <T>(work: (query: Query) => Promise<T>) => database.run(work, signal);
  const ofKey = inLanes(aloneMax.drawsPerKey);
  const bookings = inLanes(aloneMax.bookings);
  const drawn = writtenTogether(
    orAlone(
      (draws: CallDraw[]) => soon((query) => drawCalls(query, draws)),
      (draw) => ofKey.run(draw.keyId, () => soon((query) => drawCall(query, draw))),
      (draw) => ofKey.isFull(draw.keyId),
    ),
    batches,
  );
  const booked = writtenTogether(
    orAlone(
      (calls: CallBooking[]) => surely((query) => bookCalls(query, calls)),
      (call) => bookings.run('all', () => surely((query) => bookCall(query, call))),
      () => bookings.isFull('all'),
    ),
    batches,
  );
  return {
    verifyKey: async (keyId, keyHash) =>
      isUuid(keyId) ? soon((query) => keyState(query, keyId, keyHash)) : 'invalid',
    stopKey: async (keyId, reason) => void (await surely((query) => stopKey(query, keyId, reason))),
    draw: async (draw) => (isUuid(draw.keyId) ? answerOf(await drawn(draw)) : { kind: 'key_invalid' }),
    shrink: async (callId, nanoUsd) =>
      void (await booked({ callId, kind: 'shrink', nanoUsd, usage: null, end: null })),
    settle: (callId, { nanoUsd, usage }, end) => booked({ callId, kind: 'settle', nanoUsd, usage, end }),
    presume: (callId, end) => booked({ callId, kind: 'presume', nanoUsd: null, usage: null, end }),
    void: (callId, end) => booked({ callId, kind: 'void', nanoUsd: null, usage: null, end }),
    refused: async (draw, failure, end) => {
      if (!isUuid(draw.keyId)) return;
      await surely((query) => recordRefusedCall(query, draw, { ...end, failure }));
    },
    keepBodies: (callId, bodies) => surely((query) => keepBodies(query, callId, bodies)),
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
): (items: Item[]) => Promise<(Answer | Promise<Answer>)[]> {
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

function answerOf({ kind, leftNanoUsd, openNanoUsd, reason }: DrawnRow): DrawAnswer {
  switch (kind) {
    case 'no_room':
      return { kind, leftNanoUsd, openNanoUsd };
    case 'stopped':
      return { kind, reason: reason ?? '' };
    case 'drawn':
    case 'frozen':
    case 'key_invalid':
      return { kind };
    default:
      return assertNever(kind);
  }
}

/** A path can contain anything that a client chooses. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

async function answeredSoon<T>(
  database: Database,
  work: (query: Query) => Promise<T>,
  msMax: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const late = new AbortController();
  const stop = () => late.abort(signal?.reason);
  const timer = setTimeout(stop, msMax);
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  try {
    return await database.run(work, late.signal);
  } catch (cause) {
    if (!late.signal.aborted || signal?.aborted) throw cause;
    throw new TransientError({
      code: 'LEDGER_AWAY',
      component: 'budget',
      operation: 'draw',
      severity: 'high',
      message: `The database, which records every call, did not answer within ${msMax / 1_000} s.`,
      advice: 'Start the database, or check MOOSE_DATABASE_URL; Moose calls no model until it is back.',
      cause,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
