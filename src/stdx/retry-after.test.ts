import { expect, test } from 'vitest';
import { readRetryAfterMs } from './retry-after.ts';

const now = new Date('2026-01-01T00:00:00Z');

test.each([
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': ' 7 ' }, 7_000],
  [{ 'retry-after-ms': '1234' }, 1_234],
  [{ 'retry-after-ms': '80', 'retry-after': '7' }, 80],
  [{ 'retry-after-ms': 'soon', 'retry-after': '7' }, 7_000],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
  [{ 'retry-after': '99999999999' }, 86_400_000],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': 'GMT' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{}, undefined],
])('%j asks for %s ms', (headers, delayMs) => {
  expect(readRetryAfterMs(headers, now)).toBe(delayMs);
});

test('a caller can limit the wait further', () => {
  expect(readRetryAfterMs({ 'retry-after': '999999999' }, now, 60_000)).toBe(60_000);
  expect(readRetryAfterMs({ 'retry-after': '30' }, now, 60_000)).toBe(30_000);
});
