import { setTimeout as timer } from 'node:timers/promises';

/** Waits `delayMs`; rejects with the signal's reason as soon as the signal is aborted. */
export async function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await timer(delayMs, undefined, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause;
  }
}
