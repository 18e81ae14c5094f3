// The two reasons for which a wait is ended from outside have two codes: CANCELLED and TIMED_OUT.

import { isMooseError, type MooseError } from '../domain/failure.ts';
import { durationText } from '../domain/text/duration.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { resilienceFailures } from './failure-catalogue.ts';

/** The longest delay of a Node timer; a longer one fires after 1 ms. */
export const timerMsMax = 2 ** 31 - 1;

export type Call<T> = (signal: AbortSignal) => Promise<T>;

export interface CutOff {
  signal: AbortSignal;
  /**
   * Ends the call after this long, with the error of `tooLate`. If absent, or longer than a timer, only the signal ends
   * it.
   */
  afterMs?: number;
  tooLate(): MooseError;
}

/** Why a signal was aborted: its own reason if that has a code, otherwise CANCELLED with that cause. */
export function cancellation(signal: AbortSignal): MooseError {
  if (isMooseError(signal.reason)) return signal.reason;
  return resilienceFailures.CANCELLED({ operation: 'wait', cause: signal.reason });
}

export function timedOut(timeoutMs: number): MooseError {
  return resilienceFailures.TIMED_OUT(
    { operation: 'call', metadata: { timeoutMs } },
    { limit: durationText(timeoutMs) },
  );
}

/** Ends as soon as it is cut off, even if the call ignores its signal; what such a call does later does not count. */
export async function runUntil<T>({ signal, afterMs, tooLate }: CutOff, call: Call<T>): Promise<T> {
  if (signal.aborted) throw cancellation(signal);
  const controller = new AbortController();
  const cut = Promise.withResolvers<never>();
  const stop = (reason: MooseError) => {
    controller.abort(reason);
    cut.reject(reason);
  };
  const onAbort = () => stop(cancellation(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  const isTimed = afterMs !== undefined && afterMs <= timerMsMax;
  const timer = isTimed ? setTimeout(() => stop(tooLate()), afterMs) : undefined;
  try {
    return await Promise.race([call(controller.signal), cut.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Sleeps until the time is over or the signal is aborted. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, signal);
  } catch (cause) {
    if (signal.aborted) throw cancellation(signal);
    throw cause;
  }
}
