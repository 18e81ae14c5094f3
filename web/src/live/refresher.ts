// Has what is old read again: at once the first time, then not more often than it bears, and always once after the last
// change. What is being read is never broken off, or a busy Moose would never be seen; and a failure waits less.
import { readEveryMs, type StaleKey } from './stale-keys.ts';

export interface RefresherOutside {
  /** Whether what stands under the key is being read. */
  isReading(key: StaleKey): boolean;
  /** Until what is shown of it has been read; what is being read already is waited for. */
  read(key: StaleKey): Promise<void>;
  readEveryMs?(key: StaleKey): number;
}

export interface Refresher {
  /** `isUrgent`: somebody should see it at once. */
  refresh(keys: readonly StaleKey[], isUrgent?: boolean): void;
  close(): void;
}

/** What is urgent waits for this share of the pause, and as long as the last reading took where the server is slow. */
const urgentShare = 1 / 4;

/** It is being read, or was a moment ago. */
interface Busy {
  key: StaleKey;
  /** Once more, and how soon. */
  next: 'no' | 'usual' | 'urgent';
  readMs: number;
  /** When the pause after it began; null while it is being read. */
  restsSinceMs: number | null;
  timer?: ReturnType<typeof setTimeout>;
}

export function createRefresher(outside: RefresherOutside): Refresher {
  const { isReading, read, readEveryMs: everyMsOf = readEveryMs } = outside;
  const all = new Map<string, Busy>();
  let isClosed = false;

  const begin = (name: string, key: StaleKey, again: 'usual' | 'urgent') => {
    // What began before the change may have seen what was before it.
    const busy: Busy = { key, next: isReading(key) ? again : 'no', readMs: 0, restsSinceMs: null };
    all.set(name, busy);
    const beganMs = performance.now();
    // What went wrong is shown where it is read.
    const settled = () => {
      busy.restsSinceMs = performance.now();
      busy.readMs = busy.restsSinceMs - beganMs;
      rest(name, busy);
    };
    read(key).then(settled, settled);
  };
  const rest = (name: string, busy: Busy) => {
    if (isClosed || busy.restsSinceMs === null) return;
    clearTimeout(busy.timer);
    const everyMs = everyMsOf(busy.key);
    const urgentMs = Math.max(everyMs * urgentShare, busy.readMs);
    const pauseMs = busy.next === 'urgent' ? Math.min(urgentMs, everyMs) : everyMs;
    const restedMs = performance.now() - busy.restsSinceMs;
    busy.timer = setTimeout(
      () => {
        all.delete(name);
        if (busy.next !== 'no') begin(name, busy.key, busy.next);
      },
      Math.max(pauseMs - restedMs, 0),
    );
  };
  return {
    refresh: (keys, isUrgent = false) => {
      for (const key of keys) {
        const name = key.join('\n');
        const busy = all.get(name);
        if (!busy) begin(name, key, isUrgent ? 'urgent' : 'usual');
        else if (!isUrgent) busy.next = busy.next === 'no' ? 'usual' : busy.next;
        else if (busy.next !== 'urgent') {
          busy.next = 'urgent';
          rest(name, busy);
        }
      }
    },
    close: () => {
      isClosed = true;
      for (const { timer } of all.values()) clearTimeout(timer);
    },
  };
}
