// Has what is old read again: at once the first time, then not more often than it bears, and always once after the last
// change. What is being read is never broken off, or a busy Moose would never be seen.
import { readEveryMs, type StaleKey } from './stale-keys.ts';

export interface RefresherOutside {
  /** Whether what stands under the key is being read. */
  isReading(key: StaleKey): boolean;
  /** Until what is shown of it has been read; what is being read already is waited for. */
  read(key: StaleKey): Promise<void>;
  readEveryMs?(key: StaleKey): number;
}

export interface Refresher {
  refresh(keys: readonly StaleKey[]): void;
  close(): void;
}

export function createRefresher({
  isReading,
  read,
  readEveryMs: everyMsOf = readEveryMs,
}: RefresherOutside): Refresher {
  /** Those that are being read, or were a moment ago; true: once more. */
  const busy = new Map<string, boolean>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let isClosed = false;

  const begin = (name: string, key: StaleKey) => {
    // What began before the change may have seen what was before it.
    busy.set(name, isReading(key));
    // What went wrong is shown where it is read.
    const settled = () => {
      if (isClosed) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (busy.get(name)) begin(name, key);
        else busy.delete(name);
      }, everyMsOf(key));
      timers.add(timer);
    };
    read(key).then(settled, settled);
  };
  return {
    refresh: (keys) => {
      for (const key of keys) {
        const name = key.join('\n');
        if (busy.has(name)) busy.set(name, true);
        else begin(name, key);
      }
    },
    close: () => {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
