// The metrics that Prometheus reads at `/metrics` (R-UI-5). Every server reports on the whole system: with several
// servers, scrape one of them or take the maximum.

import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { StuckWorkOrder } from '../../contract/contract.ts';
import type { LiveFeed } from '../../engine/background/live/live-feed.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { createLiveCounters } from './live-counters.ts';
import { createObjectives, type Targets } from './objectives.ts';
import { createStandingGauges } from './standing-gauges.ts';

export interface MetricsDeps {
  database: Database;
  clock: Clock;
  feed: Pick<LiveFeed, 'subscribe'>;
  version: string;
  /** The name of the machine that this process runs on. */
  host: string;
  stuck(): Promise<ReadonlyArray<Pick<StuckWorkOrder, 'id'>>>;
  /** The targets in force now. */
  targets(): Targets;
  /** Sessions of this machine whose process is gone. */
  disagreeing(): Promise<number>;
}

export interface Metrics {
  contentType: string;
  /**
   * The metrics in Prometheus' text format.
   * @throws database errors
   */
  scrape(signal?: AbortSignal): Promise<string>;
  close(): void;
}

/** More frequent scrapes get the same result again, because each query costs database time. */
const freshMs = 2_000;
/** By then, the first measurements of the event loop are there. */
const firstMs = 50;

export function createMetrics(deps: MetricsDeps): Metrics {
  const { database, clock, feed, version } = deps;
  const registry = new Registry();
  const { build, stuck, disagreeing, standing, counters, setObjectives } = registerMetrics(
    registry,
    clock.now(),
  );
  build.set({ version }, 1);
  const leave = feed.subscribe({ onEvents: counters.observe, onResync: () => undefined });
  let isCollecting = false;
  // Those of the event loop wake this process a hundred times a second: not before anybody reads them.
  const collect = async (signal?: AbortSignal) => {
    if (isCollecting) return;
    isCollecting = true;
    collectDefaultMetrics({ register: registry });
    await sleep(firstMs, signal);
  };
  let kept: { text: Promise<string>; atMs: number } | null = null;
  const read = async (signal?: AbortSignal) => {
    await collect(signal);
    await database.run((query) => standing.read(query, clock.now()), signal);
    setObjectives(deps.targets());
    stuck.set((await deps.stuck()).length);
    disagreeing.set({ host: deps.host }, await deps.disagreeing());
    return registry.metrics();
  };
  return {
    contentType: registry.contentType,
    scrape(signal) {
      const nowMs = performance.now();
      if (kept !== null && nowMs - kept.atMs < freshMs) return kept.text;
      const text = read(signal).catch((cause: unknown) => {
        kept = null;
        throw cause;
      });
      kept = { text, atMs: nowMs };
      return text;
    },
    close: leave,
  };
}

/** Registers all metrics of Moose itself. */
export function registerMetrics(registry: Registry, startedAt: Date) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers: [registry] });
  return {
    setObjectives: createObjectives(registry),
    build: gauge('moose_build_info', 'Moose version.', ['version']),
    stuck: gauge('moose_work_orders_stuck', 'Stuck work orders.'),
    disagreeing: gauge(
      'moose_sessions_disagreeing',
      'Sessions of this machine that are running in the database but have no process.',
      ['host'],
    ),
    standing: createStandingGauges(registry, startedAt),
    counters: createLiveCounters(registry),
  };
}
