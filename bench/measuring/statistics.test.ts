import { expect, test } from 'vitest';
import { median, quantile, rounded } from './statistics.ts';

test('a median lies between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('a quantile lies in proportion between its neighbours', () => {
  expect(quantile([0, 10], 0.9)).toBeCloseTo(9);
  expect(quantile([7], 0.9)).toBe(7);
});

test('a quantile of nothing is no number', () => {
  expect(() => median([])).toThrow(RangeError);
});

test('a figure has the digits that mean something', () => {
  expect(rounded(1234.5)).toBe(1230);
  expect(rounded(0.0012345)).toBe(0.00123);
});
