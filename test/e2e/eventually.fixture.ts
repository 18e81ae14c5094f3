// Waits for a condition: tries again and again until its deadline, and then throws the last failure.
import { sleep } from '../../src/stdx/sleep.ts';

const usualEveryMs = 50;

export async function eventually<T>(
  look: () => Promise<T>,
  withinMs = 30_000,
  everyMs = usualEveryMs,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (refusal) {
      if (Date.now() > until) throw refusal;
    }
    await sleep(everyMs);
  }
}
