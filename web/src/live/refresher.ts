// Refetches stale data: at once the first time, then at most once per pause, and always once after the last change.
// Running requests are never aborted, or a busy Moose would never be shown; urgent changes wait less.
import type { LiveEvent } from '../../../src/contract/contract.ts';

export interface RefresherOutside {
  /** Whether the key is being fetched. */
  isReading(key: StaleKey): boolean;
  /** Refetches the visible queries of the key, or waits for requests that already run. */
  read(key: StaleKey): Promise<void>;
  readEveryMs?(key: StaleKey): number;
}

export interface Refresher {
  /** `isUrgent`: should be visible at once. */
  refresh(keys: readonly StaleKey[], isUrgent?: boolean): void;
  close(): void;
}

/** Urgent changes wait for this share of the pause, or as long as the last request took if the server is slow. */
const urgentShare = 1 / 4;

/** A key that is being fetched, or was fetched a moment ago. */
interface Busy {
  key: StaleKey;
  /** Whether to fetch again, and how soon. */
  next: 'no' | 'usual' | 'urgent';
  readMs: number;
  /** When the pause after the request began; null while it runs. */
  restsSinceMs: number | null;
  timer?: ReturnType<typeof setTimeout>;
}

export function createRefresher(outside: RefresherOutside): Refresher {
  const { isReading, read, readEveryMs: everyMsOf = readEveryMs } = outside;
  const all = new Map<string, Busy>();
  let isClosed = false;

  const begin = (name: string, key: StaleKey, again: 'usual' | 'urgent') => {
    // A request that began before the change may miss it.
    const busy: Busy = { key, next: isReading(key) ? again : 'no', readMs: 0, restsSinceMs: null };
    all.set(name, busy);
    const beganMs = performance.now();
    // Errors are shown by the query itself.
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

export type StaleKey = readonly string[];

/** Which queries a change makes stale. */
const byTopic: Readonly<Record<LiveEvent['topic'], readonly string[]>> = {
  work_order: ['work-orders', 'health', 'stuck', 'schedules'],
  error: ['errors', 'health'],
  escalation: ['escalations', 'work-orders', 'answer-policies', 'health'],
  session: ['sessions'],
  alert: ['alerts', 'health', 'reconcile'],
  circuit: ['circuits', 'health'],
  degradation: ['health'],
  forecast: ['budget', 'health'],
  setting: ['settings', 'budget', 'limits', 'models', 'agents'],
  spec: ['specs'],
  schedule: ['schedules'],
};

/** Unique keys, in order of first appearance. */
export function staleKeys(events: readonly LiveEvent[]): StaleKey[] {
  const keys = new Map<string, StaleKey>();
  for (const { topic, work_order_id: id } of events) {
    // A topic that this page does not know concerns data that it does not show.
    const groups = byTopic[topic] ?? [];
    const all = [...(id === null ? [] : [['work-order', id]]), ...groups.map((group) => [group])];
    for (const key of all) keys.set(key.join('\n'), key);
  }
  return [...keys.values()];
}

const urgentTopics: ReadonlySet<string> = new Set(['error', 'escalation', 'alert']);
const urgentStatuses: ReadonlySet<unknown> = new Set(['needs_review', 'failed']);

/** Failures, and work that waits for a person. */
export function isUrgent({ topic, detail }: LiveEvent): boolean {
  return (
    urgentTopics.has(topic) ||
    (topic === 'work_order' && urgentStatuses.has(detail.status) && detail.status !== detail.from_status)
  );
}

const defaultEveryMs = 400;
/** Aggregates are expensive to load. */
const everyMs: Readonly<Record<string, number>> = {
  health: 2_000,
  stuck: 5_000,
  errors: 1_000,
  budget: 1_000,
};

/** Minimum pause between two refetches of the same query. */
export function readEveryMs([group = '']: StaleKey): number {
  return everyMs[group] ?? defaultEveryMs;
}
