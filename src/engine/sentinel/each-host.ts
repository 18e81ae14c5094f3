// A forge that accepts calls and never answers takes minutes for each: the looks at other hosts do not wait for it.
import { sleep } from '../../stdx/async/sleep.ts';

export interface Looks<Row extends { host: string }> {
  /** What is due now. */
  find(signal: AbortSignal): Promise<readonly Row[]>;
  /** Looks at the rows of one host. */
  look(rows: readonly Row[], signal: AbortSignal): Promise<void>;
  /** How often to ask what is due while a host has not answered. */
  everyMs: number;
}

/** Then the round ends with its slowest host, and other processes may take the next one. */
const timesMax = 100;

/**
 * Looks at each host that has something due, and again while others are slow. At most one look per host at a time.
 * @throws the first failure, or the signal's reason
 */
export async function lookAtEachHost<Row extends { host: string }>(
  { find, look, everyMs }: Looks<Row>,
  signal: AbortSignal,
): Promise<void> {
  const looking = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  const noted = (cause: unknown) => void failures.push(cause);
  for (let times = 0; times < timesMax && failures.length === 0; times += 1) {
    const due = await find(signal).catch(noted);
    if (signal.aborted) break;
    for (const [host, rows] of Map.groupBy(due ?? [], (row) => row.host)) {
      if (looking.has(host)) continue;
      const ended = look(rows, signal)
        .catch(noted)
        .finally(() => looking.delete(host));
      looking.set(host, ended);
    }
    const isOver = new AbortController();
    const wait = sleep(everyMs, AbortSignal.any([signal, isOver.signal])).catch(() => undefined);
    await Promise.race([Promise.all(looking.values()), wait]);
    isOver.abort();
    if (looking.size === 0) break;
  }
  await Promise.all(looking.values());
  if (failures.length > 0) throw failures[0];
  signal.throwIfAborted();
}
