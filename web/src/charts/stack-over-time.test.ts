import { expect, test } from 'vitest';
import { spansOf, stackOverTime } from './stack-over-time.ts';

const span = { since: '2026-01-31T10:00:00.000Z', until: '2026-01-31T12:30:00.000Z', bucket_ms: 3_600_000 };
const at = (hour: number) => `2026-01-31T${hour}:00:00.000Z`;

test('an empty span is drawn as zero and not left out', () => {
  expect(spansOf(span)).toEqual([at(10), at(11), at(12)]);
  const { points } = stackOverTime(span, [{ at: '2026-01-31T12:00:00Z', name: 'a', value: 2 }]);
  expect(points).toEqual([
    { at: at(10), values: [0] },
    { at: at(11), values: [0] },
    { at: at(12), values: [2] },
  ]);
});

test('the largest series come first, and the rest are merged without loss', () => {
  const rows = ['a', 'b', 'c', 'd'].flatMap((name, index) => [
    { at: at(10), name, value: index + 1 },
    { at: at(11), name, value: 10 * (index + 1) },
  ]);
  const { series, points } = stackOverTime(span, rows, 3);
  expect(series).toEqual([
    { name: 'd', total: 44, isOthers: false },
    { name: 'c', total: 33, isOthers: false },
    { name: '2 others', total: 33, isOthers: true },
  ]);
  expect(points[0]?.values).toEqual([4, 3, 3]);
  expect(points[1]?.values).toEqual([40, 30, 30]);
  expect(stackOverTime(span, rows, 4).series.map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a']);
});

test('an endless range is cut', () => {
  expect(spansOf({ ...span, until: '2126-01-31T10:00:00.000Z' })).toHaveLength(400);
  expect(spansOf({ ...span, until: span.since })).toHaveLength(1);
});
