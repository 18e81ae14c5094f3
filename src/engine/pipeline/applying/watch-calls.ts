// Watches a running agent through the gateway: stops it if its calls run away, or if it has called no model for too long
// (R-BUD-7, R-SES-6).

import { stat } from 'node:fs/promises';
import type { SessionId } from '../../../domain/ids.ts';
import type { StopReason } from '../../../domain/machine/session.ts';
import { filePath } from '../../../sessions/session-files.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import { callsOfSession, type SessionCalls } from '../../../store/work/sessions/session-calls.ts';
import type { Work } from '../../run/work.ts';

const lookEveryMs = 1_000;
/** After the agent ends, calls that it started may still be on their way to the ledger. */
const settledMsMax = 5_000;
const settledLookEveryMs = 50;

export interface TurnWatch {
  /** The latest verdict, without waiting. */
  verdict(): StopReason | null;
  close(): Promise<void>;
}

export interface CallWatch extends TurnWatch {
  /** Whether the agent has called a model, as far as the ledger was read. */
  hasCalled(): boolean;
  /** Whether a call was under way when the ledger was last read. */
  isCalling(): boolean;
}

export function watchCalls(work: Work, sessionId: SessionId): CallWatch {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, work.signal]);
  const startedMs = performance.now();
  let verdict: StopReason | null = null;
  let hasCalled = false;
  let isCalling = false;
  const watching = (async () => {
    while (verdict === null) {
      await sleep(lookEveryMs, signal);
      const calls = await callsOf(work, sessionId, signal);
      isCalling = calls.openCalls > 0;
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
    isCalling: () => isCalling,
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
  let endedAt: Date | undefined;
  for (;;) {
    const calls = await callsOf(work, sessionId, work.signal, endedAt);
    const areSettled = calls.openCalls === 0 && calls.openLeases === 0;
    if (areSettled || performance.now() > deadlineMs) return calls;
    endedAt ??= calls.readAt;
    await sleep(settledLookEveryMs, work.signal);
  }
}

function callsOf(
  work: Work,
  sessionId: SessionId,
  signal: AbortSignal,
  leasesBefore?: Date,
): Promise<SessionCalls> {
  return work.database.run((query) => callsOfSession(query, sessionId, leasesBefore), signal);
}

/**
 * Stops an agent that never began: it has neither printed anything nor called a model (R-GO-2). `directory` is the
 * session's own. After a restart of Moose, the limit starts again.
 */
export function watchStart(work: Work, directory: string, hasCalled: () => boolean): TurnWatch {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, work.signal]);
  const startedMs = performance.now();
  let verdict: StopReason | null = null;
  const watching = (async () => {
    while (!hasCalled() && !(await hasPrinted(directory))) {
      if (performance.now() - startedMs > work.settings.startMsMax) verdict = 'silent';
      if (verdict !== null) return;
      await sleep(Math.min(lookEveryMs, work.settings.startMsMax), signal);
    }
  })();
  const ended = watching.catch((cause: unknown) => {
    if (!signal.aborted) work.logger.warn({ err: cause, directory }, 'could not watch the start of an agent');
  });
  return {
    verdict: () => verdict,
    close: async () => {
      over.abort();
      await ended;
    },
  };
}

async function hasPrinted(directory: string): Promise<boolean> {
  const sizes = await Promise.all(
    (['stdout', 'stderr'] as const).map((name) => sizeOf(filePath(directory, name))),
  );
  return sizes.some((size) => size > 0);
}

export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
    return 0;
  }
}
