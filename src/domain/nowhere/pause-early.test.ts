import { expect, test } from 'vitest';
import { lowestThreshold, pausedWellAt, pausedWellMax, problemOfThreshold } from './pause-early.ts';

test('R-REC-9: a threshold that would pause more than 2 % of the good labelled runs is refused, and the lowest is named', () => {
  const lowest = lowestThreshold();
  expect(problemOfThreshold(lowest)).toBeNull();
  expect(pausedWellAt(lowest)).toBeLessThanOrEqual(pausedWellMax);
  expect(problemOfThreshold(lowest - 0.02)).toContain(`${lowest} is the lowest allowed value`);
  expect(problemOfThreshold(Number.NaN)).toBe('is not a share from 0.01 to 1');
});
