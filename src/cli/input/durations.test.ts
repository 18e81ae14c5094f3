import { expect, test } from 'vitest';
import { parseDuration } from './durations.ts';

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['500ms', 500],
  ['90', 90_000],
  [' 1.5m ', 90_000],
  ['0.5ms', 1],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  'soon',
  '0',
  '0s',
  '0.0001ms',
  '-5s',
  '5 s',
  '5w',
  '1e3s',
  'NaN',
  '99999999999999999h',
  '0x10',
])('"%s" is not a duration, and the error says how to write one', (text) => {
  expect(() => parseDuration(text)).toThrow(
    expect.objectContaining({ code: 'DURATION_INVALID', advice: 'Write it as 90s, 10m, 2h or 7d.' }),
  );
});
