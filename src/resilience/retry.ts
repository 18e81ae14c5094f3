// Retries an operation while its classifier, attempts, budget, deadline and signal allow it.
import type { FailureClass } from '../domain/failure.ts';
import type { Random } from '../stdx/random.ts';
import { type Backoff, backoffMs, defaultBackoff } from './backoff.ts';
import { cancellation, deadlinePassed, pause, timerMsMax } from './cut-off.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Classify, Verdict } from './verdict.ts';

interface RetryLimits {
  /** All calls that count, including the first; a call that failed through its cause's fault does not count. */
  attemptsMax: number;
  backoff: Backoff;
}

export interface RetryPolicy extends RetryLimits {
  /**
   * How many waits that use no attempt (R-REC-6) are allowed: until a circuit closes, or until a provider has capacity.
   */
  waitsMax: number;
  overrides?: Partial<Record<FailureClass, Partial<RetryLimits>>>;
}

/** The defaults of R-REC-1. With the default backoff, twenty waits take about six minutes. */
export const defaultRetryPolicy: RetryPolicy = { attemptsMax: 3, waitsMax: 20, backoff: defaultBackoff };

export interface RetryNotice {
  failure: unknown;
  /** Starts at 1: the number of retries and waits so far, including this one. */
  retry: number;
  delayMs: number;
  isCharged: boolean;
}

export interface RetryOptions {
  classify: Classify;
  signal: AbortSignal;
  /** In milliseconds since the epoch. */
  deadlineAt?: number;
  /** The work order's budget, shared by all of its operations. */
  budget?: Pick<RetryBudget, 'take' | 'payBack'>;
  /** In milliseconds since the epoch. */
  now(): number;
  random: Random;
  /** Called before each wait. */
  onRetry?(notice: RetryNotice): void;
}

interface Spent {
  /** The number of failed calls that count. */
  attempts: number;
  waits: number;
}

/**
 * Rejects with CANCELLED (or the signal's own coded reason), or with DEADLINE_PASSED if there is no time for a call.
 * Otherwise it rejects with the operation's own last failure, and does so immediately if the next call would come after
 * the deadline. The operation gets the number of the call, from 1, and must obey the signal itself while it runs.
 */
export async function retry<T>(
  policy: RetryPolicy,
  options: RetryOptions,
  operation: (call: number) => Promise<T>,
): Promise<T> {
  const { signal, deadlineAt, budget } = options;
  const spent: Spent = { attempts: 0, waits: 0 };
  let last: unknown;
  // Each round but the last adds to `spent`, which `attemptsMax` and `waitsMax` limit.
  for (let call = 1; ; call++) {
    if (signal.aborted) throw cancellation(signal);
    if (deadlineAt !== undefined && options.now() >= deadlineAt) throw deadlinePassed(deadlineAt, last);
    try {
      const value = await operation(call);
      budget?.payBack();
      return value;
    } catch (failure) {
      // A call that was cut off fails with many messages; the signal knows why.
      if (signal.aborted) throw cancellation(signal);
      await waitForNext(policy, options, spent, failure);
      last = failure;
    }
  }
}

/** Throws the failure if there is no next call. */
async function waitForNext(
  policy: RetryPolicy,
  options: RetryOptions,
  spent: Spent,
  failure: unknown,
): Promise<void> {
  const { signal, deadlineAt, budget, onRetry } = options;
  const verdict = options.classify(failure);
  const delayMs = nextDelayMs(policy, spent, verdict, options.random);
  if (delayMs === null) throw failure;
  if (deadlineAt !== undefined && options.now() + delayMs >= deadlineAt) throw failure;
  const { isCharged } = verdict;
  if (isCharged && budget?.take(verdict.cost) === false) throw failure;
  onRetry?.({ failure, retry: spent.attempts + spent.waits, delayMs, isCharged });
  await pause(delayMs, signal);
}

/** Counts the failed call; null if the policy allows no other. */
function nextDelayMs(policy: RetryPolicy, spent: Spent, verdict: Verdict, random: Random): number | null {
  const override = verdict.failureClass && policy.overrides?.[verdict.failureClass];
  const { attemptsMax, backoff } = { ...policy, ...override };
  const retryIndex = verdict.isCharged ? spent.attempts++ : spent.waits++;
  const isLeft = verdict.isCharged ? spent.attempts < attemptsMax : spent.waits <= policy.waitsMax;
  if (!verdict.retry || !isLeft) return null;
  const delayMs = Math.max(backoffMs(backoff, retryIndex, random), verdict.notBeforeMs ?? 0);
  // A delay that is not a number, or longer than a timer, would become 1 ms.
  return delayMs <= timerMsMax ? delayMs : null;
}
