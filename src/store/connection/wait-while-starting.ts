// Waits for a database server that is starting up, as after a power cut: the server itself reports that it is starting.
import { isMooseError } from '../../domain/failure.ts';
import { sleep } from '../../stdx/async/sleep.ts';

/** cannot_connect_now */
const startingUp = '57P03';
/** Recovery after a crash usually takes seconds; after this time, the caller gets an error. */
const startMsMax = 60_000;
const tryEveryMs = 250;

/** @throws as `open` does; the server's own refusal if it takes too long */
export async function waitWhileStarting<T>(
  open: () => Promise<T>,
  signal: AbortSignal | undefined,
  withinMs = startMsMax,
): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await open();
    } catch (cause) {
      const isStarting = isMooseError(cause) && cause.metadata.reason === startingUp;
      if (!isStarting || performance.now() > until) throw cause;
    }
    await sleep(tryEveryMs, signal);
  }
}
