// The loops of background work: until a signal is aborted, something is done again and again, with a wait in between.
import { sleep } from './sleep.ts';

export interface WakeLoop {
  /** Ends the wait. If `act` is running, it runs again directly afterwards. */
  ring(): void;
  ended: Promise<void>;
}

/** Calls `act` immediately, and again after the wait in milliseconds that it returns. `act` must not reject. */
export function startWakeLoop(act: () => Promise<number>, signal: AbortSignal): WakeLoop {
  let bell = new AbortController();
  const keepActing = async () => {
    while (!signal.aborted) {
      // Created before the act, so that a ring during it is not lost.
      bell = new AbortController();
      const waitMs = await act();
      if (waitMs > 0) await rest(waitMs, AbortSignal.any([signal, bell.signal]));
    }
  };
  return { ring: () => bell.abort(), ended: keepActing() };
}

/** Waits first, then calls `act`, and so on. Rejects if `act` does. */
export async function repeat(everyMs: number, act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await rest(everyMs, signal);
    if (!signal.aborted) await act();
  }
}

/** An aborted wait is over, like one whose time has passed. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, signal).catch(() => undefined);
}
