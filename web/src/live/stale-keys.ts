// Which queries a change makes stale.
import type { LiveEvent } from '../../../src/contract/contract.ts';

export type StaleKey = readonly string[];

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
