// Delivers lines to the database, however long it is unavailable; a rejected one does not block others.
import { sleep } from '../../stdx/async/sleep.ts';
import { blameFor } from './blame-for.ts';

export interface Delivery<Entry> {
  /** Null if the JSON of a line is not an entry. */
  read(value: unknown): Entry | null;
  /** Writes all of them or none; an entry that is written twice exists once. */
  write(entries: readonly Entry[], signal: AbortSignal): Promise<void>;
  /** Keeps an entry that can never be delivered, with the reason. */
  refuse(line: string, because: unknown): void;
  signal: AbortSignal;
}

const againDelayMsFirst = 100;
const againDelayMsMax = 5_000;
/** For a refusal that may be caused by the row or by the database: after this many attempts, the row is blamed. */
const unclearAttemptsMax = 5;

interface Line<Entry> {
  line: string;
  entry: Entry;
}

/** Resolves when each line is in the database or rejected; rejects only with the signal's reason. */
export async function deliverLines<Entry>(
  delivery: Delivery<Entry>,
  lines: readonly string[],
): Promise<void> {
  const readable: Line<Entry>[] = [];
  for (const line of lines) {
    try {
      const entry = delivery.read(JSON.parse(line));
      if (entry === null) throw new SyntaxError('It is not an entry');
      readable.push({ line, entry });
    } catch (cause) {
      delivery.refuse(line, cause);
    }
  }
  await deliverAll(delivery, readable);
}

async function deliverAll<Entry>(delivery: Delivery<Entry>, all: readonly Line<Entry>[]): Promise<void> {
  const { write, refuse, signal } = delivery;
  if (all.length === 0) return;
  let delayMs = againDelayMsFirst;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write(
        all.map(({ entry }) => entry),
        signal,
      );
      return;
    } catch (cause) {
      signal.throwIfAborted();
      const blame = blameFor(cause);
      const [first, ...others] = all;
      if (blame !== 'database' && others.length > 0) {
        for (const each of all) await deliverAll(delivery, [each]);
        return;
      }
      if (first && (blame === 'row' || (blame === 'unclear' && attempt >= unclearAttemptsMax)))
        return refuse(first.line, cause);
    }
    await sleep(delayMs, signal);
    delayMs = Math.min(delayMs * 2, againDelayMsMax);
  }
}
