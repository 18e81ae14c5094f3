// Does a thing for one after the other: what fails at one keeps no other one waiting, and is thrown when all have had
// their turn.

/** Rejects with the signal's reason at once, and else with the first failure, after the last one. */
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
