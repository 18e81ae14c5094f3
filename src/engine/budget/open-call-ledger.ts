// The gateway's ledger on a database. A draw succeeds or fails quickly; the outcome of a call is recorded however long
// the database is unavailable.

import { agentHosts } from '../../domain/egress-consent.ts';
import { assertNever } from '../../stdx/assert-never.ts';
import type { Database, Query } from '../../store/database.ts';
import { type DrawnRow, keepBodies, recordRefusedCall } from '../../store/money/draw-and-book-calls.ts';
import { hostsOfKey, keyState, stopKey } from '../../store/money/gateway-keys.ts';
import type { CallLedger, DrawAnswer } from './call-ledger.ts';
import { openCallWriter } from './call-writer.ts';
import { budgetFailures } from './failure-catalogue.ts';
import { reportSubstitution } from './model-substitution.ts';

export interface CallLedgerOptions {
  /** Aborts every wait for an unavailable database. */
  signal?: AbortSignal;
  /** Time limit for keys and draws, which a client waits for. */
  answerMsMax?: number;
}

const unpriced = { nanoUsd: null, usage: null, pricedBy: null };
const answerMsMaxDefault = 5_000;
export function openCallLedger(
  database: Database,
  { signal, answerMsMax = answerMsMaxDefault }: CallLedgerOptions = {},
): CallLedger {
  const soon = <T>(work: (query: Query) => Promise<T>) => answeredSoon(database, work, answerMsMax, signal);
  const surely = <T>(work: (query: Query) => Promise<T>) => database.run(work, signal);
  const writer = openCallWriter(soon, surely);
  return {
    verifyKey: async (keyId, keyHash) =>
      isUuid(keyId) ? soon((query) => keyState(query, keyId, keyHash)) : 'invalid',
    hostsOf: async (keyId) =>
      isUuid(keyId) ? agentHosts(await soon((query) => hostsOfKey(query, keyId))) : [],
    stopKey: async (keyId, reason) => void (await surely((query) => stopKey(query, keyId, reason))),
    draw: async (draw) => (isUuid(draw.keyId) ? answerOf(await writer.draw(draw)) : { kind: 'key_invalid' }),
    shrink: async (callId, nanoUsd) =>
      void (await writer.book({ ...unpriced, callId, kind: 'shrink', nanoUsd, end: null })),
    settle: (callId, { nanoUsd, usage, pricedBy = null }, end, isAwaited) =>
      writer.book({ ...unpriced, callId, kind: 'settle', nanoUsd, usage, end, pricedBy }, isAwaited),
    presume: (callId, end, isAwaited) =>
      writer.book({ ...unpriced, callId, kind: 'presume', end }, isAwaited),
    void: (callId, end, isAwaited) => writer.book({ ...unpriced, callId, kind: 'void', end }, isAwaited),
    refused: async (draw, failure, end) => {
      if (!isUuid(draw.keyId)) return;
      await surely((query) => recordRefusedCall(query, draw, { ...end, failure }));
    },
    answeredDearer: (callId, { asked, answered }) =>
      database.transaction((query) => reportSubstitution(query, { model: asked, answered, callId }), signal),
    keepBodies: (callId, bodies) => surely((query) => keepBodies(query, callId, bodies)),
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

/** A path can contain anything that a client chooses. The database reads other spellings of an ID too. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
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
    throw budgetFailures.LEDGER_AWAY({ operation: 'draw', cause }, { msMax: msMax / 1_000 });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
