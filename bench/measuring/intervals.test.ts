import { expect, test } from 'vitest';
import { type Interval, lengthMs, minus, partition, union } from './intervals.ts';

const span = (startMs: number, endMs: number): Interval => ({ startMs, endMs });

test('a union has no overlaps, and keeps the order and the gaps', () => {
  expect(union([span(5, 9), span(0, 2), span(1, 3), span(8, 8), span(6, 7)])).toEqual([
    span(0, 3),
    span(5, 9),
  ]);
  expect(union([span(0, 1), span(1, 2)])).toEqual([span(0, 2)]);
});

test('time that is subtracted twice counts once', () => {
  expect(minus([span(0, 10)], [span(2, 4), span(3, 5), span(9, 20)])).toEqual([span(0, 2), span(5, 9)]);
  expect(lengthMs(minus([span(0, 10)], []))).toBe(10);
});

test('the parts of a partition add up to the whole, and each instant belongs to the first kind that covers it', () => {
  const parts = partition(span(0, 100), [
    ['model', [span(-10, 10), span(50, 60)]],
    ['git', [span(5, 20), span(55, 70), span(90, 200)]],
  ]);
  expect(parts).toEqual({ model: 20, git: 30, rest: 50 });
});
