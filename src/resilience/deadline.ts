// One instant by which everything below has ended: all attempts, all waits, all ways together.
import { type Call, cancellation, deadlinePassed, runUntil } from './cut-off.ts';

export interface Deadline {
  signal: AbortSignal;
  /** In milliseconds of the epoch; left out, the signal alone ends the call. */
  deadlineAt?: number;
  now(): number;
}

/** Rejects with DEADLINE_PASSED at the deadline, and without a call where it has passed already. */
export async function withDeadline<T>(deadline: Deadline, call: Call<T>): Promise<T> {
  const { signal, deadlineAt } = deadline;
  if (signal.aborted) throw cancellation(signal);
  if (deadlineAt === undefined) {
    return runUntil({ signal, tooLate: () => cancellation(signal) }, call);
  }
  const afterMs = deadlineAt - deadline.now();
  if (!(afterMs > 0)) throw deadlinePassed(deadlineAt);
  return runUntil({ signal, afterMs, tooLate: () => deadlinePassed(deadlineAt) }, call);
}
