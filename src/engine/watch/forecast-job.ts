// Detects trends toward a limit, warns before the limit is reached, and records the outcome of each warning (R-REC-9).
import type { Logger } from 'pino';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { endForecast, openForecasts, raiseForecast } from '../../store/failures/forecasts.ts';
import {
  budgetTallies,
  circuitTallies,
  type PausedRun,
  pausedRuns,
  shareTallies,
  standstillTallies,
  timeTallies,
} from '../../store/figures/trends.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { Pressure } from '../recovery/pressure/pressure-gauge.ts';
import { isForetold, type Observed, verdictOn } from './forecast.ts';
import { observeLatency } from './forecast-latency.ts';
import { circuitWindowMs, observeBudget, observeCircuit, observeStandstill } from './forecast-limits.ts';
import { observeRate } from './forecast-rates.ts';

export interface ForecastDeps {
  database: Database;
  clock: Clock;
  logger: Logger;
  settings: Pick<EngineSettings, 'withoutProgress' | 'modelTimeoutMs' | 'checkTimeLimitMs'>;
  /** Forecasts are the first feature to be switched off under pressure. */
  pressure: Pick<Pressure, 'allows'>;
}

/** A circuit counts the failures of one minute: a warning before it opens must come within that. */
const everyMs = 15_000;
/** Trends are checked less often, because each check reads a whole day. */
const trendsEveryMs = 2 * 60_000;
const windows = { recentMs: 30 * 60_000, newestMs: 3 * 3_600_000, baselineMs: 24 * 3_600_000 };
/** The rate of spending is measured over the newest hours. */
const paceHours = 2;

export function forecastJob(deps: ForecastDeps): PeriodicJob {
  let trendsAtMs = Number.NEGATIVE_INFINITY;
  return {
    name: 'forecasts',
    everyMs,
    run: async (signal) => {
      if (!deps.pressure.allows('forecasts')) return;
      const nowMs = deps.clock.now().getTime();
      const withTrends = nowMs - trendsAtMs >= trendsEveryMs;
      await lookAhead(deps, { withTrends }, signal);
      if (withTrends) trendsAtMs = nowMs;
    },
  };
}

export async function lookAhead(
  deps: ForecastDeps,
  { withTrends = true }: { withTrends?: boolean } = {},
  signal?: AbortSignal,
): Promise<void> {
  const now = deps.clock.now();
  const seen = await deps.database.run(
    async (query) => [
      ...(await observeLimits(query, deps.settings, now)),
      ...(withTrends ? await observeTrends(query, deps.settings, now) : []),
    ],
    signal,
  );
  const byKey = new Map(seen.map((one) => [one.key, one]));
  await deps.database.transaction(async (query) => {
    for (const forecast of await openForecasts(query)) {
      const verdict = verdictOn(forecast, byKey.get(forecast.key), now);
      if (verdict !== 'open') await endForecast(query, forecast.id, verdict, now);
    }
  }, signal);
  for (const observed of seen.filter((one) => isForetold(one, now))) {
    const isNew = await deps.database.run((query) => raiseForecast(query, foretold(observed), now), signal);
    const { key, value, threshold } = observed;
    if (isNew) deps.logger.warn({ forecast: key, value, threshold }, observed.message);
  }
}

/** What is recorded of a forecast: everything but the observations behind it. */
function foretold({ isRising: _, crossedAt: __, isOver: ___, isUnknowable: ____, ...given }: Observed) {
  return given;
}

async function observeTrends(
  query: Query,
  settings: ForecastDeps['settings'],
  now: Date,
): Promise<Observed[]> {
  const shares = await shareTallies(query, { now, ...windows });
  const times = await timeTallies(query, { now, ...windows });
  return [
    ...shares.map(({ baselineBad, baselineAll, ...of }) =>
      observeRate({ ...of, baseline: { bad: baselineBad, all: baselineAll } }, now),
    ),
    ...times.map((one) => {
      const { component, subject, timedOutAt } = one;
      const limitMs = component === 'model' ? settings.modelTimeoutMs : settings.checkTimeLimitMs;
      const recent = { count: one.recentCount, mean: one.recentMean, deviation: one.recentDeviation };
      const baseline = { count: one.baselineCount, mean: one.baselineMean, deviation: one.baselineDeviation };
      return observeLatency({ component, subject, recent, baseline, limitMs, timedOutAt });
    }),
  ];
}

async function observeLimits(
  query: Query,
  settings: ForecastDeps['settings'],
  now: Date,
): Promise<Observed[]> {
  const circuits = await circuitTallies(query, now, circuitWindowMs);
  const budgets = await budgetTallies(query, now, paceHours * 3_600_000);
  const standstills = await standstillTallies(query);
  const paused = await pausedRuns(query);
  return [
    ...circuits.map(observeCircuit),
    ...budgets.map(({ latelyNanoUsd, latelyCalls, ...of }) =>
      observeBudget({ ...of, lately: { nanoUsd: latelyNanoUsd, calls: latelyCalls, hours: paceHours } }, now),
    ),
    ...standstills.map((one) => observeStandstill(one, settings.withoutProgress)),
    ...paused.map((one) => observePaused(one, now)),
  ];
}

/** A pause was right if the same change was tried again and failed, and wrong if it succeeded; otherwise it is unknown. */
function observePaused({ runId, success, isChanged, isSettled }: PausedRun, now: Date): Observed {
  const isKnown = success !== null && !isChanged;
  return {
    key: `going_nowhere:${runId}`,
    signal: 'going_nowhere',
    component: 'pipeline',
    subject: runId,
    value: 0,
    threshold: 0,
    message: '',
    isRising: false,
    crossedAt: isKnown && !success ? now : null,
    isOver: isKnown && success === true,
    isUnknowable: !isKnown && (isChanged ? success !== null : isSettled),
  };
}
