// What a failed call means to each layer of recovery: said once, by category and code, never by type or message.
import { type FailureClass, isMooseError } from '../domain/failure.ts';
import type { Outcome } from './circuit.ts';

export interface Verdict {
  /** The same call may succeed later. */
  retry: boolean;
  /** What the circuit learns: a failure of its own, or nothing. */
  outcome: Exclude<Outcome, 'success'>;
  /** Another way may succeed where this one did not. */
  fallsOver: boolean;
  /** False: the cause has to answer for it (R-REC-6), and the wait uses up no attempt and no budget. */
  isCharged: boolean;
  /** Not to be tried again before so many milliseconds have gone by. */
  notBeforeMs?: number;
  /** What the retry takes from the budget; the budget's own price where it is left out. */
  cost?: number;
  /** Chooses the override of the retry policy. */
  failureClass?: FailureClass;
}

export type Classify = (failure: unknown) => Verdict;

/** Ours: it says nothing about who was called, and another way would end alike. */
const ours: Verdict = { retry: false, outcome: 'ignored', fallsOver: false, isCharged: true };
/** We were not let in; who was called has not been asked. */
const notLetIn = new Set(['CIRCUIT_OPEN']);
const cutFromOutside = new Set(['CANCELLED', 'DEADLINE_PASSED']);

/** For failures that have a name already; one without a name is a defect of ours, and is not tried again. */
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
    // A key that one provider refuses may be good with another; a faulty request is faulty everywhere.
    fallsOver: category !== 'permanent',
    // Throttling, outage and quota are the provider's; it says so by a category, or by the time it asks for.
    isCharged: category !== 'external' && retryAfterMs === undefined,
  };
};
