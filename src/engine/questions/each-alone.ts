// Processes items one after the other: a failure does not block the others, and is thrown after all of them were
// processed.

/** Rejects with the signal's reason immediately, or with the first failure after the last item. */
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
  if (failures.length > 0) throw failures[0];
}
