import { expect, test } from 'vitest';
import { median, quantile, rounded } from './statistics.ts';

test('a median of an even number of values is between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('a quantile is interpolated between its neighbours', () => {
  expect(quantile([0, 10], 0.9)).toBeCloseTo(9);
  expect(quantile([7], 0.9)).toBe(7);
});

test('a quantile of no values is not a number', () => {
  expect(() => median([])).toThrow(RangeError);
});

test('a figure has only significant digits', () => {
  expect(rounded(1234.5)).toBe(1230);
  expect(rounded(0.0012345)).toBe(0.00123);
});
