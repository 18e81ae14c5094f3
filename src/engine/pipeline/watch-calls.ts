// Watches a running agent through the gateway: stops it if its calls run away, or if it has called no model for too long
// (R-BUD-7, R-SES-6).
import type { SessionId } from '../../domain/ids.ts';
import type { StopReason } from '../../domain/session.ts';
import { sleep } from '../../stdx/sleep.ts';
import { callsOfSession, type SessionCalls } from '../../store/work/session-calls.ts';
import type { Work } from '../run/work.ts';

const lookEveryMs = 1_000;
/** After the agent ends, calls that it started may still be on their way to the ledger. */
const settledMsMax = 5_000;
const settledLookEveryMs = 50;

export interface CallWatch {
  /** The latest verdict, without waiting. */
  verdict(): StopReason | null;
  /** Whether the agent has called a model, as far as the ledger was read. */
  hasCalled(): boolean;
  close(): Promise<void>;
}

export function watchCalls(work: Work, sessionId: SessionId): CallWatch {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, work.signal]);
  const startedMs = performance.now();
  let verdict: StopReason | null = null;
  let hasCalled = false;
  const watching = (async () => {
    while (verdict === null) {
      await sleep(lookEveryMs, signal);
      const calls = await callsOf(work, sessionId, signal);
      hasCalled ||= calls.openCalls > 0 || calls.idleMs !== null;
      const idleMs = calls.idleMs ?? performance.now() - startedMs;
      if (calls.stoppedReason !== null) verdict = 'braked';
      else if (calls.openCalls === 0 && idleMs > work.settings.idleMsMax) verdict = 'idle';
    }
  })();
  // The other limits of the session still apply.
  const ended = watching.catch((cause: unknown) => {
    if (!signal.aborted) work.logger.warn({ err: cause, sessionId }, 'could not watch the calls of an agent');
  });
  return {
    verdict: () => verdict,
    hasCalled: () => hasCalled,
    close: async () => {
      over.abort();
      await ended;
    },
  };
}

/**
 * The sum of a session's calls once all of them are in the ledger; calls that are still missing after a while count as
 * open.
 */
export async function settledCalls(work: Work, sessionId: SessionId): Promise<SessionCalls> {
  const deadlineMs = performance.now() + settledMsMax;
  for (;;) {
    const calls = await callsOf(work, sessionId, work.signal);
    if (calls.openCalls === 0 || performance.now() > deadlineMs) return calls;
    await sleep(settledLookEveryMs, work.signal);
  }
}

function callsOf(work: Work, sessionId: SessionId, signal: AbortSignal): Promise<SessionCalls> {
  return work.database.run((query) => callsOfSession(query, sessionId), signal);
}
