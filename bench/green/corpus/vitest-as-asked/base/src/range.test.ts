import { describe, expect, it } from 'vitest';
import { at, range, sum } from './range.ts';

describe('range', () => {
  it('includes its end', () => {
    expect(range(1, 4)).toEqual([1, 2, 3, 4]);
  });

  it('of one number is that number', () => {
    expect(range(7, 7)).toEqual([7]);
  });

  it('is empty if its end is before its begin', () => {
    expect(range(3, 1)).toEqual([]);
  });
});

describe('sum', () => {
  it.each([
    [[], 0],
    [[5], 5],
    [[1, 2, 3], 6],
  ])('of %j is %i', (numbers, total) => {
    expect(sum(numbers)).toBe(total);
  });
});

it('at counts from the end', () => {
  expect(at(['a', 'b', 'c'], -1)).toBe('c');
});
