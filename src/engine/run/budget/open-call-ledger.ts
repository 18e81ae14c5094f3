// The gateway's ledger on a database. A draw succeeds or fails quickly; the outcome of a call is recorded however long
// the database is unavailable.

import { agentHosts } from '../../../domain/machine/egress-consent.ts';
import { assertNever } from '../../../stdx/assert-never.ts';
import type { Database, Query } from '../../../store/database.ts';
import {
  type CallBooking,
  type DrawnRow,
  keepBodies,
  recordRefusedCall,
} from '../../../store/money/draw-and-book-calls.ts';
import { hostsOfKey, keyState, stopKey } from '../../../store/money/gateway-keys.ts';
import { drawLease, undoLease } from '../../../store/money/leases.ts';
import type { CallDraw, CallLedger, DrawAnswer } from './call-ledger.ts';
import { openCallWriter } from './call-writer.ts';
import { budgetFailures } from './failure-catalogue.ts';
import { LeasedCalls } from './leased-calls.ts';
import { Leases } from './leases.ts';
import { reportSubstitution } from './model-substitution.ts';

export interface CallLedgerOptions {
  /** Aborts every wait for an unavailable database. */
  signal?: AbortSignal;
  /** Time limit for keys and draws, which a client waits for. */
  answerMsMax?: number;
  /** Busy keys get leases, which `close` gives back. `report` says what failed, as the end of a sentence. */
  leases?: { report(what: string, cause: unknown): void };
}

const unpriced = { nanoUsd: null, usage: null, pricedBy: null };
const answerMsMaxDefault = 5_000;
export function openCallLedger(
  database: Database,
  { signal, answerMsMax = answerMsMaxDefault, leases: leasing }: CallLedgerOptions = {},
): CallLedger {
  const soon = <T>(work: (query: Query) => Promise<T>) => answeredSoon(database, work, answerMsMax, signal);
  const surely = <T>(work: (query: Query) => Promise<T>) => database.run(work, signal);
  const writer = openCallWriter(soon, surely);
  const report = (what: string, cause: unknown) => leasing?.report(what, cause);
  const leased = new LeasedCalls(surely, (cause) =>
    report('write a call of a lease, which is presumed in the end', cause),
  );
  const leases = new Leases({
    ask: (leaseId, of, size) => soon((query) => drawLease(query, leaseId, of, size)),
    end: (leaseId) => leased.end(leaseId),
    undo: (leaseId, of) => surely((query) => undoLease(query, leaseId, of)),
    write: (leaseId, draw) => leased.write(leaseId, draw),
    report,
  });
  /** Of open calls. */
  const holds = new Map<string, { nanoUsd: bigint; model: string }>();
  function book(booking: CallBooking, isAwaited = false): Promise<boolean> {
    const { callId, kind, nanoUsd, stops } = booking;
    const hold = holds.get(callId);
    if (hold && kind === 'shrink') holds.set(callId, { ...hold, nanoUsd: nanoUsd ?? hold.nanoUsd });
    else holds.delete(callId);
    // Its bound is wrong, or its price is not known: the ledger stops the model.
    if (hold && (stops !== undefined || (kind === 'settle' && (nanoUsd ?? 0n) > hold.nanoUsd)))
      void leases.drop({ model: hold.model });
    return leased.book(booking, () => writer.book(booking, isAwaited));
  }
  async function drawn(call: CallDraw): Promise<DrawAnswer> {
    if (leased.has(call.callId)) return { kind: 'drawn' };
    if (leasing && !leased.isBehind && leases.take(call)) return { kind: 'drawn' };
    const answer = answerOf(await writer.draw(call));
    // What this gateway has leased and does not use is missing here.
    if (answer.kind !== 'no_room' || !(await leases.drop({ keyId: call.keyId }))) return answer;
    return answerOf(await writer.draw(call));
  }
  async function draw(call: CallDraw): Promise<DrawAnswer> {
    if (!isUuid(call.keyId)) return { kind: 'key_invalid' };
    const answer = await drawn(call);
    if (answer.kind === 'drawn')
      holds.set(call.callId, { nanoUsd: call.worstCaseNanoUsd, model: call.model });
    return answer;
  }
  return {
    verifyKey: async (keyId, keyHash) => {
      if (!isUuid(keyId)) return 'invalid';
      const { state, envelopeId } = await soon((query) => keyState(query, keyId, keyHash));
      if (envelopeId !== null) leases.learn(keyId, envelopeId);
      return state;
    },
    hostsOf: async (keyId) =>
      isUuid(keyId) ? agentHosts(await soon((query) => hostsOfKey(query, keyId))) : [],
    stopKey: async (keyId, reason) => {
      leases.stop(keyId);
      await surely((query) => stopKey(query, keyId, reason));
    },
    draw,
    shrink: async (callId, nanoUsd) =>
      void (await book({ ...unpriced, callId, kind: 'shrink', nanoUsd, end: null })),
    settle: (callId, { nanoUsd, usage, pricedBy = null, stops }, end, isAwaited) =>
      book({ ...unpriced, callId, kind: 'settle', nanoUsd, usage, end, pricedBy, stops }, isAwaited),
    presume: (callId, end, isAwaited, { stops } = {}) =>
      book({ ...unpriced, callId, kind: 'presume', end, stops }, isAwaited),
    void: (callId, end, isAwaited) => book({ ...unpriced, callId, kind: 'void', end }, isAwaited),
    refused: async (draw, failure, end) => {
      if (!isUuid(draw.keyId)) return;
      await surely((query) => recordRefusedCall(query, draw, { ...end, failure }));
    },
    answeredByOther: (callId, { asked, answered, isUnpriced }) =>
      database.transaction(
        (query) => reportSubstitution(query, { model: asked, answered, callId }, isUnpriced),
        signal,
      ),
    keepBodies: (callId, bodies) => surely((query) => keepBodies(query, callId, bodies)),
    close: () => leases.close(),
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
    case 'model_stopped':
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
