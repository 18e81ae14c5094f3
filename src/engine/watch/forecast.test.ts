import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import { horizonMs, isForetold, type Observed, verdictOn } from './forecast.ts';
import { observeLatency } from './forecast-latency.ts';
import { type BudgetTally, observeBudget, observeCircuit, observeStandstill } from './forecast-limits.ts';
import { rateRules } from './forecast-rates.ts';
import { callsOf, foresee, precisionOf } from './histories.fixture.ts';
import { evidenceOfRise, riseOfTimes, slowOf } from './trend-tests.ts';

const now = new Date('2026-03-10T12:00:00Z');
const hourMs = 3_600_000;
const later = (ms: number) => new Date(now.getTime() + ms);
const baseline = 0.05;
const series = (count: number, firstSeed: number, hours: number, chanceAt: (hour: number) => number) =>
  Array.from({ length: count }, (_, index) =>
    foresee(callsOf(firstSeed + index, { hours, perHour: 60, chanceAt })),
  );

test('R-REC-9: precision: of the warnings of increasing failures, 90% come true, and no increase is missed', () => {
  const growing = series(12, 1, 36, (hour) =>
    hour < 30 ? baseline : Math.min(0.9, baseline + (hour - 30) * 0.3),
  );
  const broken = series(12, 100, 34, (hour) => (hour < 30 ? baseline : 0.8));
  const calm = series(12, 200, 36, () => baseline);
  const found = precisionOf([...growing, ...broken, ...calm]);
  expect(found.precision).toBeGreaterThanOrEqual(0.9);
  expect(found.missed).toBe(0);
  expect(found.cameTrue).toBeGreaterThanOrEqual(24);
  // Early enough for a person to act.
  expect(precisionOf(growing).leadMinutes).toBeGreaterThan(20);
});

test('R-REC-9: if nothing changes, a model that fails now and then causes no warning', () => {
  for (const share of [0, 0.05, 0.2]) {
    const { warnings } = precisionOf(series(10, 500, 36, () => share));
    expect(warnings).toBeLessThanOrEqual(1);
  }
});

test('evidence for an increase: property: a bad outcome never reduces it, a good one never adds to it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 200 }),
      fc.double({ min: 0.02, max: 0.3, noNaN: true }),
      (outcomes, share) => {
        const risen = share + 0.2;
        const evidence = evidenceOfRise(outcomes, share, risen);
        expect(evidence).toBeGreaterThanOrEqual(0);
        expect(evidenceOfRise([...outcomes, true], share, risen)).toBeGreaterThanOrEqual(evidence);
        expect(evidenceOfRise([...outcomes, false], share, risen)).toBeLessThanOrEqual(evidence);
      },
    ),
  );
  expect(rateRules.evidenceMin).toBeGreaterThan(evidenceOfRise([true, true, true], 0.05, 0.32));
});

test('latencies: the increase is measured on logarithms, and is 0 without anything to compare', () => {
  const at = (count: number, medianMs: number, deviation = 0.5) => ({
    count,
    mean: Math.log(medianMs),
    deviation,
  });
  expect(riseOfTimes(at(20, 20_000), at(100, 10_000))).toBeGreaterThan(3);
  expect(riseOfTimes(at(20, 10_000), at(100, 10_000))).toBeCloseTo(0, 5);
  expect(riseOfTimes(at(1, 20_000), at(100, 10_000))).toBe(0);
  expect(riseOfTimes(at(5, 2, 0), at(5, 1, 0))).toBe(Number.POSITIVE_INFINITY);
  expect(slowOf(at(10, 1_000, 0))).toBeCloseTo(1_000, 5);
});

test.each<[string, { recentMs: number; count: number; baselineMs: number }, boolean]>([
  ['slower, and near its limit', { recentMs: 60_000, count: 12, baselineMs: 20_000 }, true],
  ['slower, and far from its limit', { recentMs: 8_000, count: 12, baselineMs: 2_000 }, false],
  ['near its limit as always', { recentMs: 60_000, count: 12, baselineMs: 60_000 }, false],
  ['slower, on too few', { recentMs: 60_000, count: 3, baselineMs: 20_000 }, false],
])('R-REC-9: answers that are %s: a warning or none', (_, { recentMs, count, baselineMs }, isRising) => {
  const observed = observeLatency({
    component: 'model',
    subject: 'm',
    limitMs: 180_000,
    timedOutAt: null,
    recent: { count, mean: Math.log(recentMs), deviation: 0.4 },
    baseline: { count: 100, mean: Math.log(baselineMs), deviation: 0.4 },
  });
  expect(isForetold(observed, now)).toBe(isRising);
  if (isRising)
    expect(observed.message).toMatch(
      /^Slow answers of m take \d+ s and are getting slower; calls are aborted after 180 s/,
    );
});

const budget: BudgetTally = {
  key: 'day:2026-03-10',
  limitNanoUsd: 100_000_000_000n,
  usedNanoUsd: 60_000_000_000n,
  lately: { nanoUsd: 20_000_000_000n, calls: 30, hours: 2 },
  endsAt: later(12 * hourMs),
};

test.each<[string, Partial<BudgetTally>, boolean]>([
  ['at this pace it does not last the day', {}, true],
  ['at this pace it lasts', { lately: { nanoUsd: 1_000_000_000n, calls: 30, hours: 2 } }, false],
  ['the day is nearly over', { endsAt: later(hourMs) }, false],
  ['one dear call is no pace', { lately: { nanoUsd: 20_000_000_000n, calls: 2, hours: 2 } }, false],
  ['it has just begun', { usedNanoUsd: 5_000_000_000n }, false],
  ['it is used up', { usedNanoUsd: 99_000_000_000n }, false],
])('R-REC-9: money: %s', (_, changed, isWarned) => {
  const observed = observeBudget({ ...budget, ...changed }, now);
  expect(isForetold(observed, now)).toBe(isWarned);
  if (isWarned)
    expect(observed.message).toMatch(/^\$60\.00 of \$100\.00 of day:2026-03-10 is used; .* 180 % of/);
});

test('R-REC-9: a circuit is predicted before it opens, is a fact once open, and may be predicted again later', () => {
  const at = (failures: number, openedAt: Date | null) =>
    isForetold(observeCircuit({ key: 'provider:anthropic', failures, openedAt }), now);
  expect([at(2, null), at(3, null), at(4, null), at(5, null)]).toEqual([false, true, true, false]);
  expect(at(4, now)).toBe(false);
  expect(at(4, later(-hourMs))).toBe(true);
});

test('R-REC-9: a work order near what it may spend without progress', () => {
  const limits = { agentRunsMax: 12, modelCallsMax: 40, costNanoUsdMax: 10_000_000_000n };
  const tally = {
    workOrderId: newId<WorkOrderId>(now),
    agentRuns: 2,
    modelCalls: 30,
    costNanoUsd: 0n,
    parkedAt: null,
    isOpen: true,
  };
  expect(isForetold(observeStandstill(tally, limits), now)).toBe(true);
  expect(isForetold(observeStandstill({ ...tally, modelCalls: 20 }, limits), now)).toBe(false);
  const raised = { signal: 'no_progress', raisedAt: later(-hourMs) };
  const verdict = (changed: Partial<typeof tally> & { parkedAt?: Date | null }) =>
    verdictOn(raised, observeStandstill({ ...tally, ...changed } as typeof tally, limits), now);
  expect(verdict({})).toBe('open');
  expect(verdict({ modelCalls: 1 })).toBe(false);
  expect(verdict({ parkedAt: now as never, isOpen: false })).toBe(true);
  expect(verdict({ isOpen: false })).toBe(false);
});

test('a verdict is true if the limit is crossed later, false when the time is up, null if nobody can know', () => {
  const raised = { signal: 'failure_rate', raisedAt: now };
  const seen: Observed = {
    key: 'k',
    signal: 'failure_rate',
    component: 'model',
    subject: 'm',
    value: 0.3,
    threshold: 0.5,
    message: '',
    isRising: true,
    crossedAt: null,
    isOver: false,
  };
  const soon = later(60_000);
  expect(verdictOn(raised, seen, soon)).toBe('open');
  expect(verdictOn(raised, undefined, soon)).toBe('open');
  expect(verdictOn(raised, { ...seen, crossedAt: soon }, soon)).toBe(true);
  expect(verdictOn(raised, { ...seen, crossedAt: later(-1) }, soon)).toBe('open');
  expect(verdictOn(raised, { ...seen, isOver: true }, soon)).toBe(false);
  expect(verdictOn(raised, { ...seen, isUnknowable: true, crossedAt: soon }, soon)).toBeNull();
  expect(verdictOn(raised, undefined, later(horizonMs.failure_rate + 1))).toBe(false);
});
