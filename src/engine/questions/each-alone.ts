// Processes items one after the other: a failure does not block the others, and all of them are thrown after the last item.
import { throwAll } from '../../stdx/async/several-failures.ts';

/** Rejects with the signal's reason immediately, or with all failures after the last item (`throwAll`). */
export async function eachAlone<T>(
  all: readonly T[],
  work: (one: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const failures: unknown[] = [];
  for (const one of all) {
    signal?.throwIfAborted();
    try {
      await work(one);
    } catch (cause) {
      signal?.throwIfAborted();
      failures.push(cause);
    }
  }
  throwAll(failures);
}
