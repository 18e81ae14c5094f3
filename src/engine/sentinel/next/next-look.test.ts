import { expect, test } from 'vitest';
import { nextLookMs } from './next-look.ts';

const hourMs = 3_600_000;

test('R-SEN-7: Moose looks soon after a push, and less and less often while nothing changes', () => {
  const waits = Array.from({ length: 12 }, (_, unchanged) => nextLookMs('waiting', unchanged, 0) ?? 0);
  expect(waits[0]).toBe(20_000);
  expect(waits.every((wait, at) => at === 0 || wait >= (waits[at - 1] ?? 0))).toBe(true);
  expect(waits.at(-1)).toBe(120_000);
});

test('R-SEN-7: CI of the last hour is asked about every two minutes at least, and what is old and quiet every ten', () => {
  const atMost = (ageMs: number) => nextLookMs('waiting', 40, ageMs);
  expect([0, hourMs - 1, hourMs, 24 * hourMs - 1, 24 * hourMs].map(atMost)).toEqual([
    ...[120_000, 120_000, 300_000, 300_000, 600_000],
  ]);
});

test('R-SEN-7: 500 open pull requests on which nothing changes need less than a third of 5,000 calls an hour', () => {
  const everyMs = nextLookMs('watching', 20, 0) ?? 0;
  // Two reads per look: the pull request and its checks.
  expect((500 * 2 * hourMs) / everyMs).toBeLessThan(5_000 / 3);
});

test('nobody looks for ever at a pull request that people leave lying', () => {
  expect(nextLookMs('watching', 3, 31 * 24 * hourMs)).toBeUndefined();
  expect(nextLookMs('waiting', 3, 31 * 24 * hourMs)).toBeDefined();
});
