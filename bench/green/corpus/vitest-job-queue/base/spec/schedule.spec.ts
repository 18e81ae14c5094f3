import { expect, it } from 'vitest';
import { nextDaily } from '../src/schedule';

it.each([
  ['2026-01-10T01:00:00Z', '2026-01-10T02:30:00.000Z'],
  ['2026-01-10T03:00:00Z', '2026-01-11T02:30:00.000Z'],
  ['2026-12-31T23:59:59Z', '2027-01-01T02:30:00.000Z'],
])('after %s comes %s', (after, expected) => {
  expect(nextDaily(new Date(after), 2, 30).toISOString()).toBe(expected);
});
