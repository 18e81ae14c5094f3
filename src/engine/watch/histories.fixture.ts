// For tests: hours of simulated calls, and what the rules predict for them, round by round.
import { seededRandom } from '../../stdx/seeded-random.fixture.ts';
import { isForetold, verdictOn } from './forecast.ts';
import { observeRate } from './forecast-rates.ts';

const minuteMs = 60_000;
const recentMs = 30 * minuteMs;
const newestMs = 3 * 60 * minuteMs;
const baselineMs = 24 * 60 * minuteMs;

export interface Call {
  atMs: number;
  isBad: boolean;
}

export interface Foreseen {
  /** For each warning: whether it came true, and how early it was. */
  warnings: Array<{ cameTrue: boolean; leadMs: number }>;
  /** True if the limit was crossed without a warning. */
  missed: boolean;
}

/** Calls at random times, a given number per hour; each fails with the probability of its hour. */
export function callsOf(
  seed: number,
  given: { hours: number; perHour: number; chanceAt(hour: number): number },
): Call[] {
  const random = seededRandom(seed);
  const calls: Call[] = [];
  for (let atMs = 0; ; ) {
    atMs += (-Math.log(1 - random()) * 60 * minuteMs) / given.perHour;
    const hour = atMs / (60 * minuteMs);
    if (hour >= given.hours) return calls;
    calls.push({ atMs, isBad: random() < given.chanceAt(hour) });
  }
}

/** Looks every five minutes, like the job: one open warning at a time, and an hour of silence after each. */
export function foresee(calls: readonly Call[]): Foreseen {
  const foreseen: Foreseen = { warnings: [], missed: false };
  const endMs = calls.at(-1)?.atMs ?? 0;
  let openSinceMs: number | null = null;
  let quietUntilMs = 0;
  for (let nowMs = baselineMs / 4; nowMs <= endMs; nowMs += 5 * minuteMs) {
    const now = new Date(nowMs);
    const observed = observeRate(
      {
        signal: 'failure_rate',
        component: 'model',
        subject: 'm',
        newest: within(calls, nowMs - newestMs, nowMs).map(({ isBad }) => isBad),
        recentCount: within(calls, nowMs - recentMs, nowMs).length,
        baseline: shareOf(within(calls, nowMs - newestMs - baselineMs, nowMs - newestMs)),
      },
      now,
    );
    if (openSinceMs !== null) {
      const raisedAt = new Date(openSinceMs);
      const verdict = verdictOn({ signal: 'failure_rate', raisedAt }, observed, now);
      if (verdict === 'open') continue;
      foreseen.warnings.push({ cameTrue: verdict === true, leadMs: nowMs - openSinceMs });
      openSinceMs = null;
      quietUntilMs = nowMs + 60 * minuteMs;
    } else if (observed.crossedAt && foreseen.warnings.length === 0) {
      foreseen.missed = true;
      return foreseen;
    } else if (nowMs >= quietUntilMs && isForetold(observed, now)) openSinceMs = nowMs;
  }
  return foreseen;
}

function within(calls: readonly Call[], fromMs: number, toMs: number): Call[] {
  return calls.slice(firstAt(calls, fromMs), firstAt(calls, toMs));
}

/** The index of the first call at or after this time. */
function firstAt(calls: readonly Call[], atMs: number): number {
  let [low, high] = [0, calls.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((calls[middle]?.atMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function shareOf(calls: readonly Call[]) {
  return { bad: calls.filter(({ isBad }) => isBad).length, all: calls.length };
}

export function precisionOf(all: readonly Foreseen[]) {
  const warnings = all.flatMap((one) => one.warnings);
  const good = warnings.filter(({ cameTrue }) => cameTrue);
  return {
    warnings: warnings.length,
    cameTrue: good.length,
    precision: warnings.length === 0 ? null : good.length / warnings.length,
    missed: all.filter(({ missed }) => missed).length,
    leadMinutes:
      good.length === 0 ? null : good.reduce((sum, one) => sum + one.leadMs, 0) / good.length / minuteMs,
  };
}
