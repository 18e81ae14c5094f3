import { expect, test } from 'vitest';
import { readLimitResetMs, readRetryAfterMs } from './retry-after.ts';

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
  [{ 'retry-after': 'Thursday, 01-Jan-26 00:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Sunday, 06-Nov-94 08:49:37 GMT' }, 0],
  [{ 'retry-after': 'Thu Jan  1 00:00:30 2026' }, 30_000],
  [{ 'retry-after': '5 GMT' }, undefined],
  [{ 'retry-after': 'Thu, 01 Foo 2026 00:00:30 GMT' }, undefined],
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

test('without a clock, seconds are read, and a date is not', () => {
  expect(readRetryAfterMs({ 'retry-after': '7' }, undefined)).toBe(7_000);
  expect(readRetryAfterMs({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, undefined)).toBeUndefined();
});

const inS = (seconds: number) => String(now.getTime() / 1_000 + seconds);

test.each([
  ['seconds since 1970', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inS(90) }, 90_000],
  ['milliseconds since 1970', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${inS(90)}000` }, 90_000],
  ['the seconds that are left', { 'ratelimit-remaining': '0', 'ratelimit-reset': '90' }, 90_000],
  ['a duration', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30.5s' }, 90_500],
  [
    'a time',
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:01:30Z',
    },
    90_000,
  ],
  [
    'the latest of those that are used up',
    {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '120ms',
      'x-ratelimit-remaining-day': '7',
      'x-ratelimit-reset-day': '23h',
    },
    2_000,
  ],
  ['a time in the past', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inS(-90) }, 0],
  ['nothing if something remains', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '90' }, undefined],
  [
    'nothing if the reset is nonsense',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' },
    undefined,
  ],
  ['nothing if no reset is told', { 'x-ratelimit-remaining': '0' }, undefined],
])('a limit that is used up resets after %s', (_, headers, delayMs) => {
  expect(readLimitResetMs(headers, now)).toBe(delayMs);
});
