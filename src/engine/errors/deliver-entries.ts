// Delivers entries to the database, however long it is unavailable; a rejected entry does not block others.
import { sleep } from '../../stdx/sleep.ts';
import type { Database } from '../../store/database.ts';
import { insertErrorEvents, resolveErrorEvents } from '../../store/failures/error-events.ts';
import { blameFor } from './blame-for.ts';
import { type ErrorEntry, readEntry } from './error-entry.ts';

export interface EntryDelivery {
  database: Database;
  /** Keeps an entry that can never be delivered, with the reason. */
  refuse(line: string, because: unknown): void;
  signal: AbortSignal;
}

const againDelayMsFirst = 100;
const againDelayMsMax = 5_000;
/** For a refusal that may be caused by the row or by the database: after this many attempts, the row is blamed. */
const unclearAttemptsMax = 5;

interface Line {
  line: string;
  entry: ErrorEntry;
}

/** Resolves when each line is in the database or rejected; rejects only with the signal's reason. */
export async function deliverEntries(delivery: EntryDelivery, lines: readonly string[]): Promise<void> {
  const readable: Line[] = [];
  for (const line of lines) {
    const entry = readEntry(line);
    if (entry) readable.push({ line, entry });
    else delivery.refuse(line, new SyntaxError('It cannot be read'));
  }
  await deliverAll(delivery, readable);
}

async function deliverAll(delivery: EntryDelivery, all: readonly Line[]): Promise<void> {
  const { database, refuse, signal } = delivery;
  if (all.length === 0) return;
  let delayMs = againDelayMsFirst;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write(database, all, signal);
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

async function write(database: Database, all: readonly Line[], signal: AbortSignal): Promise<void> {
  const entries = all.map(({ entry }) => entry);
  const errors = entries.flatMap((entry) => ('error' in entry ? [entry.error] : []));
  const resolutions = entries.flatMap((entry) => ('resolution' in entry ? [entry.resolution] : []));
  if (resolutions.length === 0) return database.run((query) => insertErrorEvents(query, errors), signal);
  await database.transaction(async (query) => {
    await insertErrorEvents(query, errors);
    await resolveErrorEvents(query, resolutions);
  }, signal);
}
