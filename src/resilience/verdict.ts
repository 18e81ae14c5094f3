// What a failed call means to each layer of recovery: decided once, by category and code, never by type or message.
import { type FailureClass, isMooseError } from '../domain/failure.ts';
import type { Outcome } from './circuit.ts';

export interface Verdict {
  /** The same call may succeed later. */
  retry: boolean;
  /** What the circuit learns: a failure, or nothing. */
  outcome: Exclude<Outcome, 'success'>;
  /** Whether another model, provider or agent may succeed. */
  fallsOver: boolean;
  /** False if the cause is to blame (R-REC-6): then the wait uses no attempt and no budget. */
  isCharged: boolean;
  /** Do not retry before this many milliseconds have passed. */
  notBeforeMs?: number;
  /** What the retry takes from the budget; by default, the budget's own price. */
  cost?: number;
  /** Selects the override of the retry policy. */
  failureClass?: FailureClass;
}

export type Classify = (failure: unknown) => Verdict;

/** Our own fault: it says nothing about the called side, and any other way would fail too. */
const ours: Verdict = { retry: false, outcome: 'ignored', fallsOver: false, isCharged: true };
/** We were not admitted, so the other side was never called. */
const notLetIn = new Set(['CIRCUIT_OPEN', 'LOGIN_USED_UP']);
/** A used-up subscription says nothing about the agent: with a key, or another login, it would work. */
const ofAnAccount = new Set(['AGENT_USAGE_LIMIT']);
const cutFromOutside = new Set(['CANCELLED', 'DEADLINE_PASSED']);

/** For failures that already have a code; one without a code is a bug, and is not retried. */
export const verdictOf: Classify = (failure) => {
  if (!isMooseError(failure) || cutFromOutside.has(failure.code)) return ours;
  const { category, code, failureClass, retryAfterMs, retryable } = failure;
  const known = { failureClass, ...(retryAfterMs === undefined ? {} : { notBeforeMs: retryAfterMs }) };
  if (notLetIn.has(code)) {
    return { ...known, retry: true, outcome: 'ignored', fallsOver: true, isCharged: false };
  }
  const isTheirs = category === 'transient' || category === 'external';
  return {
    ...known,
    retry: retryable,
    outcome: isTheirs && !ofAnAccount.has(code) ? 'failure' : 'ignored',
    // Another provider may accept a key that one provider refuses; a faulty request fails everywhere.
    fallsOver: category !== 'permanent',
    // Throttling, an outage or a used-up quota is the provider's fault: recognised by the category, or by a requested
    // wait.
    isCharged: category !== 'external' && retryAfterMs === undefined,
  };
};
