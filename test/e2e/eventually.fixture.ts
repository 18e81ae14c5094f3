// Waits for what has to become true: asks again and again, and the last refusal is the failure.
import { sleep } from '../../src/stdx/sleep.ts';

const everyMs = 50;

export async function eventually<T>(look: () => Promise<T>, withinMs = 30_000): Promise<T> {
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
