// Tracks the pressure on this process and its machine: measured every few seconds, reported immediately, and recorded
// as degradations until it eases (R-REC-4).
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { PressureReport } from '../../../domain/machine/pressure.ts';
import type { Database } from '../../../store/database.ts';
import { degrade, restore } from '../../../store/failures/degradations.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { measurePressure } from './measure-pressure.ts';
import {
  calm,
  nextPressure,
  type PressureReading,
  type PressureState,
  type PressureThresholds,
  type PressureView,
  reportPressure,
  viewPressure,
} from './pressure.ts';

/** Features that are switched off above the normal level. */
export type NonCriticalFeature = 'reviewer' | 'forecasts' | 'summaries';

export interface Pressure {
  current(): PressureView;
  /** The newest measurements beside their thresholds; null before the first. */
  report(): PressureReport | null;
  /** Whether a feature that is not critical may run now. */
  allows(feature: NonCriticalFeature): boolean;
  /**
   * Resolves immediately, or as soon as heavy work may start. `onWait` is called with the reason for waiting, and again
   * when the reason changes. Rejects with the signal's reason.
   */
  untilEased(signal: AbortSignal, onWait: (because: string) => Promise<void>): Promise<void>;
  /** Measures once; the job does so every few seconds. */
  refresh(signal?: AbortSignal): Promise<PressureView>;
  /** Ends the degradations that this process recorded; if the database is unavailable, they lapse by themselves. */
  close(): Promise<void>;
}

export interface PressureDeps {
  database: Database;
  logger: Logger;
  host: string;
  dataDirectory: string;
  /** Identifies this process among those of its host. */
  executorId: string;
  /** Number of queries that wait for a connection of the pool. */
  databaseWaiting(): number;
  /** As the settings are now. */
  thresholds(): PressureThresholds;
  /** Whether a reviewer is set, which pressure can switch off. */
  hasReviewer(): boolean;
  /** For tests: replaces the measurement of this machine. */
  measure?: () => Promise<PressureReading>;
  /** How often an unchanged level is recorded again. */
  renewEveryMs?: number;
}

const everyMs = 5_000;
/** How long a degradation lasts unless it is renewed. */
const lapsesAfterMs = 60_000;
/** A machine that is busy for hours is not written down every few seconds: that would be work too. */
const renewEveryMsDefault = 20_000;
const lagResolutionMs = 20;
const closeMsMax = 2_000;

export function createPressure(deps: PressureDeps): Pressure {
  const { thresholds, logger, renewEveryMs = renewEveryMsDefault } = deps;
  const lag = new LoopLag();
  const measure =
    deps.measure ??
    (() => measurePressure({ ...deps, eventLoopLagMs: () => lag.take(thresholds().eventLoopLagMs.high) }));
  let state: PressureState = calm;
  let view: PressureView = { level: 'normal', because: '', slotsShare: 1 };
  let report: PressureReport | null = null;
  let written: { level: PressureView['level']; atMs: number } = { level: 'normal', atMs: 0 };
  const waiting = new Set<() => void>();

  async function refresh(signal?: AbortSignal): Promise<PressureView> {
    const reading = await measure();
    const limits = thresholds();
    state = nextPressure(state, reading, limits);
    const before = view.level;
    view = viewPressure(state, reading);
    report = reportPressure(state, reading, limits);
    if (view.level !== before)
      logger.warn(
        { from: before, to: view.level, ...reading },
        view.because || 'this machine is no longer under pressure',
      );
    // Waiting work is woken first, then the database is written, because it may be what is under pressure.
    for (const wake of waiting) wake();
    if (mustWrite()) await write(signal);
    return view;
  }

  function mustWrite(): boolean {
    if (view.level !== written.level) return true;
    return view.level !== 'normal' && performance.now() - written.atMs >= renewEveryMs;
  }

  async function write(signal?: AbortSignal): Promise<void> {
    const said = view;
    await deps.database.transaction(async (query) => {
      for (const row of rowsOf(deps, said)) {
        if (row.holds) await degrade(query, { ...row, lapsesAfterMs });
        else await restore(query, row.key);
      }
    }, signal);
    written = { level: said.level, atMs: performance.now() };
  }

  return {
    current: () => view,
    report: () => report,
    allows: () => view.level === 'normal',
    untilEased: (signal, onWait) => untilEased(() => view, waiting, signal, onWait),
    refresh,
    async close() {
      lag.end();
      view = { level: 'normal', because: '', slotsShare: 1 };
      for (const wake of waiting) wake();
      if (written.level === 'normal') return;
      await write(AbortSignal.timeout(closeMsMax)).catch((cause: unknown) =>
        logger.warn({ err: cause }, 'could not end a degradation; it expires on its own'),
      );
    },
  };
}

async function untilEased(
  current: () => PressureView,
  waiting: Set<() => void>,
  signal: AbortSignal,
  onWait: (because: string) => Promise<void>,
): Promise<void> {
  for (let told = ''; current().level === 'critical'; ) {
    signal.throwIfAborted();
    const { because } = current();
    // The pressure may have eased, or the wait been stopped, during `onWait`: check again before waiting.
    if (because === told) await nextLook(waiting, signal);
    else await onWait(because);
    told = because;
  }
}

/** One job per process: its name contains the process's ID. */
export function pressureJob(pressure: Pressure, executorId: string): PeriodicJob {
  return {
    name: `pressure:${executorId}`,
    isOwn: true,
    everyMs,
    run: async (signal) => void (await pressure.refresh(signal)),
  };
}

/**
 * How late the event loop is. Its timer wakes the process fifty times a second, so it runs only after a time in which the
 * loop was at work for longer than a delay that counts: a loop that waits is not late.
 */
class LoopLag {
  readonly #delay = monitorEventLoopDelay({ resolution: lagResolutionMs });
  #load = performance.eventLoopUtilization();
  #isOn = false;

  /** Returns the delay since the last call, beyond the measurement's own resolution. `highMs`: what counts. */
  take(highMs: number): number {
    const load = performance.eventLoopUtilization();
    const { active } = performance.eventLoopUtilization(load, this.#load);
    this.#load = load;
    const lateMs = this.#isOn ? this.#delay.percentile(99) / 1e6 - lagResolutionMs : 0;
    this.#delay.reset();
    this.#turn(active > highMs);
    return Number.isFinite(lateMs) ? Math.max(0, lateMs) : 0;
  }

  end(): void {
    this.#turn(false);
  }

  #turn(on: boolean): void {
    if (on === this.#isOn) return;
    this.#isOn = on;
    if (on) this.#delay.enable();
    else this.#delay.disable();
  }
}

function rowsOf({ host, executorId, hasReviewer }: PressureDeps, { level, because }: PressureView) {
  const isPressed = level !== 'normal';
  const row = (feature: string, holds: boolean) => ({
    key: `pressure:${executorId}:${feature}`,
    feature,
    because,
    holds,
    metadata: { host, level },
  });
  return [
    row('reviewer', isPressed && hasReviewer()),
    row('forecasts', isPressed),
    row('summaries', isPressed),
    row('half of the slots for heavy work', level === 'high'),
    row('new heavy work', level === 'critical'),
  ];
}

function nextLook(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      waiting.delete(wake);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const wake = () => end(resolve);
    const onAbort = () => end(() => reject(signal.reason));
    if (signal.aborted) return reject(signal.reason);
    waiting.add(wake);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
