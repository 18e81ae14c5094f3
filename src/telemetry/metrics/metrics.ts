// What Prometheus reads at `/metrics` (R-UI-5). Every server tells of the whole system: of several, one is to be read, or
// the highest taken.
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LiveFeed } from '../../engine/live/live-feed.ts';
import type { StuckWorkOrder } from '../../engine/watch/stuck-work-orders.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { createLiveCounters } from './live-counters.ts';
import { setObjectives } from './objectives.ts';
import { createStandingGauges } from './standing-gauges.ts';

export interface MetricsDeps {
  database: Database;
  clock: Clock;
  feed: Pick<LiveFeed, 'subscribe'>;
  version: string;
  stuck(): Promise<ReadonlyArray<Pick<StuckWorkOrder, 'id'>>>;
}

export interface Metrics {
  contentType: string;
  /** As Prometheus' text. @throws what the database refuses */
  scrape(signal?: AbortSignal): Promise<string>;
  close(): void;
}

/** Who asks more often is told the same again: a question costs the database something. */
const freshMs = 2_000;

export function createMetrics(deps: MetricsDeps): Metrics {
  const { database, clock, feed, version } = deps;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    ...{
      name: 'moose_build_info',
      help: 'Which Moose this is.',
      labelNames: ['version'],
      registers: [registry],
    },
  }).set({ version }, 1);
  setObjectives(registry);
  const stuck = new Gauge({
    ...{ name: 'moose_work_orders_stuck', help: 'Work orders that do not get on.', registers: [registry] },
  });
  const standing = createStandingGauges(registry, clock.now());
  const counters = createLiveCounters(registry);
  const leave = feed.subscribe({ onEvents: counters.observe, onResync: () => undefined });
  let kept: { text: Promise<string>; atMs: number } | null = null;
  const read = async (signal?: AbortSignal) => {
    await database.run((query) => standing.read(query, clock.now()), signal);
    stuck.set((await deps.stuck()).length);
    return registry.metrics();
  };
  return {
    contentType: registry.contentType,
    scrape(signal) {
      const nowMs = performance.now();
      if (kept !== null && nowMs - kept.atMs < freshMs) return kept.text;
      const text = read(signal);
      kept = { text, atMs: nowMs };
      text.catch(() => {
        kept = null;
      });
      return text;
    },
    close: leave,
  };
}
