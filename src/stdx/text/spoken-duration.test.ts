import { expect, test } from 'vitest';
import { spokenDurationMs } from './spoken-duration.ts';

test.each([
  ['6m0s', 360_000],
  ['1s', 1_000],
  ['120ms', 120],
  ['7.66s', 7_660],
  ['1h 5m', 3_900_000],
  ['2 minutes and 30 seconds', 150_000],
  ['1 hour, 2 minutes', 3_720_000],
  ['3 days', 259_200_000],
  ['500 milliseconds', 500],
  ['1 min', 60_000],
  ['90', undefined],
  ['soon', undefined],
  ['5 apples', undefined],
  ['1m of work', undefined],
  ['-5s', undefined],
  ['', undefined],
])('%j is %s ms', (text, ms) => {
  expect(spokenDurationMs(text)).toBe(ms);
});
