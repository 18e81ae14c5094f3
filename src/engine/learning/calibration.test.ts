import { expect, test } from 'vitest';
import type { ExpectedAndActual } from '../../store/figures/own-decisions.ts';
import { calibrationOf } from './calibration.ts';

const row = (chance: number, success: boolean, costUsd = 1, cost = 1): ExpectedAndActual => ({
  chance,
  success,
  costUsd,
  costNanoUsd: BigInt(cost * 1e9),
});

test('R-LRN-4: what was expected is compared with what came true, in bins', () => {
  const rows = Array.from({ length: 100 }, (_, index) => row(index < 50 ? 0.25 : 1, index % 2 === 0));
  const { tries, brier, chances } = calibrationOf(rows);
  expect(tries).toBe(100);
  expect(brier).toBeCloseTo((0.5 * (0.5625 + 0.0625)) / 2 + 0.25, 9);
  expect(chances).toMatchObject([
    { from: 0.2, to: 0.3, tries: 50, expected: 0.25, actual: 0.5 },
    { from: 0.9, to: 1, tries: 50, expected: 1, actual: 0.5 },
  ]);
  for (const { low, high } of chances) expect(low < 0.5 && 0.5 < high && high < 0.7).toBe(true);
});

test('R-LRN-4: costs are in bins of as many tries each, from cheap to dear', () => {
  const rows = Array.from({ length: 10 }, (_, index) => row(0.5, true, index + 1, 2 * (index + 1)));
  const { costs, cost_ratio } = calibrationOf(rows);
  expect(cost_ratio).toBeCloseTo(2, 9);
  expect(costs.map((bin) => bin.tries)).toEqual([2, 2, 2, 2, 2]);
  expect(costs[0]).toMatchObject({ from_usd: 1, to_usd: 2, expected_usd: 1.5, actual_usd: 3 });
  expect(costs[0]?.high_usd).toBeGreaterThan(3);
});

test('without a try, nothing is said', () => {
  const nothing = { tries: 0, brier: null, cost_ratio: null, chances: [], costs: [] };
  expect(calibrationOf([])).toEqual(nothing);
});
