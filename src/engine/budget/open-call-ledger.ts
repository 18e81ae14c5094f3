// The gateway's ledger on a database. A draw succeeds or fails quickly; the outcome of a call is recorded however long
// the database is unavailable.
import { TransientError } from '../../domain/failure.ts';
import { assertNever } from '../../stdx/assert-never.ts';
import type { Database, Query } from '../../store/database.ts';
import {
  drawCall,
  keepBodies,
  presumeCall,
  recordRefusedCall,
  settleCall,
  shrinkCall,
  voidCall,
} from '../../store/money/call-ledger.ts';
import { keyState, stopKey } from '../../store/money/gateway-keys.ts';
import type { CallLedger, DrawAnswer } from './call-ledger.ts';

export interface CallLedgerOptions {
  /** Aborts every wait for an unavailable database. */
  signal?: AbortSignal;
  /** Time limit for keys and draws, which a client waits for. */
  answerMsMax?: number;
}

const answerMsMaxDefault = 5_000;

export function openCallLedger(
  database: Database,
  { signal, answerMsMax = answerMsMaxDefault }: CallLedgerOptions = {},
): CallLedger {
  const soon = <T>(work: (query: Query) => Promise<T>) => answeredSoon(database, work, answerMsMax, signal);
  const surely = <T>(work: (query: Query) => Promise<T>) => database.run(work, signal);
  return {
    verifyKey: async (keyId, keyHash) =>
      isUuid(keyId) ? soon((query) => keyState(query, keyId, keyHash)) : 'invalid',
    stopKey: async (keyId, reason) => void (await surely((query) => stopKey(query, keyId, reason))),
    draw: async (draw) => {
      if (!isUuid(draw.keyId)) return { kind: 'key_invalid' };
      return soon(async (query): Promise<DrawAnswer> => {
        const { kind, leftNanoUsd, openNanoUsd, reason } = await drawCall(query, draw);
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
      });
    },
    shrink: async (callId, worstCaseNanoUsd) =>
      void (await surely((query) => shrinkCall(query, callId, worstCaseNanoUsd))),
    settle: (callId, actual, end) => surely((query) => settleCall(query, callId, actual, end)),
    presume: (callId, end) => surely((query) => presumeCall(query, callId, end)),
    void: (callId, end) => surely((query) => voidCall(query, callId, end)),
    refused: async (draw, failure, end) => {
      if (!isUuid(draw.keyId)) return;
      await surely((query) => recordRefusedCall(query, draw, { ...end, failure }));
    },
    keepBodies: (callId, bodies) => surely((query) => keepBodies(query, callId, bodies)),
  };
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
  const late = AbortSignal.timeout(msMax);
  try {
    return await database.run(work, signal ? AbortSignal.any([signal, late]) : late);
  } catch (cause) {
    if (!late.aborted || signal?.aborted) throw cause;
    throw new TransientError({
      code: 'LEDGER_AWAY',
      component: 'budget',
      operation: 'draw',
      severity: 'high',
      message: `The database, which records every call, did not answer within ${msMax / 1_000} s.`,
      advice: 'Start the database, or check MOOSE_DATABASE_URL; Moose calls no model until it is back.',
      cause,
    });
  }
}
