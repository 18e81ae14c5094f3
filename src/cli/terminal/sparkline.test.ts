import { expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

test('the highest count is a full bar, the lowest a thin one, and zero is a dot', () => {
  expect(sparkline([0, 1, 4, 8])).toBe('·▁▄█');
  expect(sparkline([1])).toBe('█');
  expect(sparkline([0, 0])).toBe('··');
  expect(sparkline([])).toBe('');
  expect(sparkline([1, 1_000_000])).toBe('▁█');
});
