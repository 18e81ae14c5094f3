// What a failed call means to each layer of recovery: decided once, by category and code, never by type or message.
import { type FailureClass, isMooseError } from '../domain/failure.ts';
import type { Outcome } from './circuit.ts';

export interface Verdict {
  /** The same call may succeed later. */
  retry: boolean;
  /** What the circuit learns: a failure, or nothing. */
  outcome: Exclude<Outcome, 'success'>;
  /** Another way may succeed where this one did not. */
  fallsOver: boolean;
  /** False: the cause is to blame (R-REC-6), and the wait uses no attempt and no budget. */
  isCharged: boolean;
  /** Do not retry before this many milliseconds have passed. */
  notBeforeMs?: number;
  /** What the retry takes from the budget; the budget's own price if absent. */
  cost?: number;
  /** Selects the override of the retry policy. */
  failureClass?: FailureClass;
}

export type Classify = (failure: unknown) => Verdict;

/** Our own fault: it says nothing about the called side, and another way would end in the same way. */
const ours: Verdict = { retry: false, outcome: 'ignored', fallsOver: false, isCharged: true };
/** We were not admitted, so the other side was never called. */
const notLetIn = new Set(['CIRCUIT_OPEN']);
const cutFromOutside = new Set(['CANCELLED', 'DEADLINE_PASSED']);

/** For failures that already have a name; one without a name is a bug, and is not retried. */
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
    outcome: isTheirs ? 'failure' : 'ignored',
    // A key that one provider refuses may work with another; a faulty request is faulty everywhere.
    fallsOver: category !== 'permanent',
    // Throttling, outage and quota belong to the provider; it says so by a category, or by the time it asks for.
    isCharged: category !== 'external' && retryAfterMs === undefined,
  };
};
