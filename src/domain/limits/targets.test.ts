import { expect, test } from 'vitest';
import { failureClasses } from '../failure.ts';
import {
  budgetDays,
  budgetLeft,
  burnAlerts,
  burnCountMin,
  burnOf,
  burnRate,
  burnWindows,
  recoveryObjective,
  recoveryShares,
} from './targets.ts';

const seen = (recovered: number, unrecovered: number) => ({ recovered, unrecovered });
const calm = seen(100, 0);
const burning = seen(10, 90);

test('R-UI-5: a burn rate of 1 uses up the error budget exactly in its period', () => {
  expect(burnRate(seen(90, 10), 0.9)).toBeCloseTo(1);
  expect(burnRate(seen(0, 0), 0.9)).toBeNull();
  expect(budgetLeft(seen(95, 5), 0.9)).toBeCloseTo(0.5);
  expect(budgetLeft(seen(80, 20), 0.9)).toBeCloseTo(-1);
  expect(budgetLeft(seen(0, 0), 0.9)).toBe(1);
});

test('R-UI-5: an alert needs both of its windows, and enough failures in the long one', () => {
  expect(burnOf({ '30m': burning, '6h': burning, '3d': burning }, 0.9)).toBe('fast');
  // The burn is over.
  expect(burnOf({ '30m': calm, '6h': burning, '3d': burning }, 0.9)).toBe('slow');
  expect(burnOf({ '30m': calm, '6h': calm, '3d': burning }, 0.9)).toBe('none');
  expect(burnOf({ '30m': burning, '6h': calm, '3d': calm }, 0.9)).toBe('none');
  const few = seen(0, burnCountMin - 1);
  expect(burnOf({ '30m': few, '6h': few, '3d': few }, 0.9)).toBe('none');
});

test('R-UI-5: every burn alert can occur with every objective', () => {
  const objectives = failureClasses
    .map((failureClass) => recoveryObjective(failureClass, recoveryShares.min))
    .filter((one) => one !== null);
  expect(objectives).toHaveLength(failureClasses.length - 1);
  for (const objective of objectives)
    for (const { above } of burnAlerts) expect(1 / (1 - objective)).toBeGreaterThan(above);
});

test('R-UI-5: a fast burn uses 5 % of the budget in its long window, a slow one 10 %', () => {
  const used = burnAlerts.map(({ long, above }) => (above * burnWindows[long]) / (budgetDays * 86_400_000));
  expect(used).toEqual([0.05, 0.1].map((share) => expect.closeTo(share)));
});
