// Waits for a condition: tries again and again until its deadline, and then throws the last failure.
import { sleep } from '../../src/stdx/async/sleep.ts';

const firstPauseMs = 50;
const lastPauseMs = 250;
/** Each look takes processor time, so a long wait looks less often. */
const growth = 1.15;

/** With `everyMs`, it looks in equal intervals. */
export async function eventually<T>(
  look: () => Promise<T>,
  withinMs = 90_000,
  everyMs: number | null = null,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (
    let pauseMs = everyMs ?? firstPauseMs;
    ;
    pauseMs = everyMs ?? Math.min(lastPauseMs, pauseMs * growth)
  ) {
    try {
      return await look();
    } catch (refusal) {
      if (Date.now() > until) throw refusal;
    }
    await sleep(pauseMs);
  }
}
