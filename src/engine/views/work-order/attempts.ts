// The attempts at a step: processes, model calls, and failures that belong to neither. Pure.
import type * as wire from '../../../contract/contract.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { ListedSession } from '../../../store/work/sessions/session-lists.ts';
import type { CallRow, ErrorRow } from '../../../store/work/work-orders/work-order-history.ts';
import type { Station } from './stations.ts';

export type Attempt = wire.Station['attempts'][number];

export interface AttemptFacts {
  sessions: readonly ListedSession[];
  sessionNanoUsd: ReadonlyMap<string, bigint>;
  /** The model calls that were not made by processes. */
  calls: readonly CallRow[];
  /** Oldest first. */
  errors: readonly ErrorRow[];
}

interface Draft extends Omit<Attempt, 'number'> {
  at: Date;
  endAt: Date | null;
}

/** If there are more, only the newest are returned. */
const attemptsMax = 30;
/** A failure of a call or a step is recorded within this time after its end. */
const recordedMsMax = 5_000;

/** Oldest first; the numbers count all of them. */
export function attemptsOf(station: Station, facts: AttemptFacts): Attempt[] {
  const drafts = [...facts.sessions.map((session) => ofSession(session, facts)), ...facts.calls.map(ofCall)];
  for (const error of facts.errors) {
    const of = drafts.find((draft) => isOf(error, draft));
    if (of) Object.assign(of, { error_id: error.id, error: error.errorMessage, outcome: failedAs(of) });
    else drafts.push(ofError(error, station));
  }
  if (drafts.length === 0) drafts.push(ofItself(station));
  return drafts
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, endAt, ...attempt }, index) => ({ number: index + 1, ...attempt }))
    .slice(-attemptsMax);
}

const failedAs = ({ outcome }: Draft): Attempt['outcome'] => (outcome === 'stopped' ? 'stopped' : 'failed');

function isOf({ sessionId, timestamp }: ErrorRow, draft: Draft): boolean {
  if (draft.error_id !== null) return false;
  if (sessionId !== null) return draft.session_id === sessionId;
  if (draft.session_id !== null || draft.outcome === 'done') return false;
  return Math.abs(timestamp.getTime() - (draft.endAt ?? draft.at).getTime()) <= recordedMsMax;
}

function ofSession(session: ListedSession, { sessionNanoUsd }: AttemptFacts): Draft {
  const at = session.startedAt ?? session.createdAt;
  return {
    ...times(at, session.endedAt),
    outcome: outcomeOf(session),
    what: session.name,
    ...noError,
    session_id: session.id,
    cost_usd: usdNumber(sessionNanoUsd.get(session.id) ?? 0n),
  };
}

function outcomeOf({ state, exitCode, endReason }: ListedSession): Attempt['outcome'] {
  if (state === 'intended' || state === 'running') return 'running';
  if (state !== 'exited' || endReason !== null) return 'stopped';
  return exitCode === 0 ? 'done' : 'failed';
}

const callOutcomes: Record<CallRow['status'], Attempt['outcome']> = {
  held: 'running',
  sent: 'running',
  settled: 'done',
  presumed: 'stopped',
  cancelled: 'stopped',
};

function ofCall(call: CallRow): Draft {
  return {
    ...times(call.createdAt, call.settledAt),
    outcome: call.failure === null ? callOutcomes[call.status] : 'failed',
    what: `${call.serviceName}: ${call.model ?? 'a model'}`,
    ...noError,
    session_id: null,
    cost_usd: usdNumber(call.actualNanoUsd ?? 0n),
  };
}

function ofError(error: ErrorRow, { step }: Station): Draft {
  return {
    ...times(error.timestamp, error.timestamp),
    started_at: null,
    outcome: 'failed',
    what: error.model ?? step,
    error_id: error.id,
    error: error.errorMessage,
    session_id: error.sessionId,
    cost_usd: 0,
  };
}

/** An attempt of a step that runs only itself. */
function ofItself({ state, startedAt, finishedAt, step }: Station): Draft {
  const outcome = finishedAt === null ? 'running' : state === 'failed' ? 'failed' : 'done';
  return { ...times(startedAt, finishedAt), outcome, what: step, ...noError, session_id: null, cost_usd: 0 };
}

const noError = { error_id: null, error: null };

function times(at: Date, endAt: Date | null) {
  return { at, endAt, started_at: at.toISOString(), ended_at: endAt?.toISOString() ?? null };
}
