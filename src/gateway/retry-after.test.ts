import { expect, test } from 'vitest';
import { retryAfterMsOf } from './retry-after.ts';

const now = new Date('2026-11-20T12:00:00Z');

test.each([
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after-ms': '150', 'retry-after': '1' }, 150],
  [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': '99999999' }, 86_400_000],
  [{ 'retry-after': '-5' }, null],
  [{ 'retry-after': 'soon' }, null],
  [{}, null],
])('%j asks for %s ms', (headers, expected) => {
  expect(retryAfterMsOf(headers, now)).toBe(expected);
});
