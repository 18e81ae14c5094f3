import { type Call, runUntil, timedOut } from './cut-off.ts';

/** Rejects with TIMED_OUT after `timeoutMs`, and with the signal's own reason if that is aborted first. */
export async function withTimeout<T>(timeoutMs: number, signal: AbortSignal, call: Call<T>): Promise<T> {
  return runUntil({ signal, afterMs: timeoutMs, tooLate: () => timedOut(timeoutMs) }, call);
}
