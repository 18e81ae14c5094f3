// Lets one caller at a time in this process work under a key. Between processes, git's own locks and retries do that.

const lastInLine = new Map<string, Promise<void>>();

/** Runs `work` after all earlier work for the same `key`; an abort while waiting leaves the queue. */
export async function inTurn<T>(
  key: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const before = lastInLine.get(key) ?? Promise.resolve();
  const { promise: done, resolve: leave } = Promise.withResolvers<void>();
  const mine = before.then(() => done);
  lastInLine.set(key, mine);
  // A caller that leaves early keeps its place in the queue until the earlier ones are done.
  void mine.then(() => {
    if (lastInLine.get(key) === mine) lastInLine.delete(key);
  });
  try {
    await orAbort(before, signal);
    return await work();
  } finally {
    leave();
  }
}

function orAbort(turn: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return turn;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    turn.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, reject);
  });
}
