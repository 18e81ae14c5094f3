import { expect, test } from 'vitest';
import { type LoginUse, loginState, timeShareMs } from './login.ts';

const minuteMs = 60_000;
const at = (minute: number) => new Date(minute * minuteMs);
const limits = { windowMs: 100 * minuteMs, runsMax: 3, timeMsMax: 50 * minuteMs, tokensMax: 1_000 };
const use = (from: number, to: number | null, tokens = 0): LoginUse => ({
  startedAt: at(from),
  endedAt: to === null ? null : at(to),
  tokens,
});

test('R-PROJ-9: nothing is used up before a limit is reached', () => {
  expect(loginState([], limits, at(0))).toEqual({ runs: 0, timeMs: 0, tokens: 0, full: null });
  expect(loginState([use(0, 10, 400), use(10, 20, 500)], limits, at(20))).toEqual({
    runs: 2,
    timeMs: 20 * minuteMs,
    tokens: 900,
    full: null,
  });
});

test.each([
  ['runs', [use(0, 1), use(2, 3), use(4, 5)], 101],
  ['time', [use(0, 10), use(10, 55)], 110],
  ['tokens', [use(0, 1, 800), use(2, 3, 300)], 101],
] as const)(
  'R-PROJ-9: at the limit of %s, work waits until enough sessions have left the window',
  (by, uses, untilMinute) => {
    expect(loginState(uses, limits, at(60)).full).toEqual({ by, untilAt: at(untilMinute) });
    expect(loginState(uses, limits, at(untilMinute)).full).toBeNull();
  },
);

test('R-PROJ-9: sessions at the same time share the time of the login: together they never get more', () => {
  const shared = (sessionsMax: number) => ({ ...limits, sessionsMax });
  const shareOf = (uses: readonly LoginUse[], sessionsMax: number) =>
    timeShareMs(uses, shared(sessionsMax), at(60)) / minuteMs;
  expect(shareOf([], 1)).toBe(50);
  expect(shareOf([], 2)).toBe(25);
  // One running session was given 30 minutes and has used 10; another one ended after 5.
  const atWork = { ...use(50, null), givenMs: 30 * minuteMs };
  expect(shareOf([atWork, use(0, 5)], 1)).toBe(15);
  expect(shareOf([atWork, use(0, 5)], 3)).toBe(5);
  expect(shareOf([{ ...atWork, givenMs: 60 * minuteMs }], 2)).toBeLessThan(0);
  // Use before the window does not count.
  expect(timeShareMs([use(0, 40)], shared(1), at(200))).toBe(50 * minuteMs);
});

test('R-PROJ-9: a session that runs counts with its time so far, and never leaves the window', () => {
  const running = [use(0, null)];
  expect(loginState(running, limits, at(49)).full).toBeNull();
  expect(loginState(running, limits, at(200))).toMatchObject({
    timeMs: 200 * minuteMs,
    full: { by: 'time', untilAt: at(300) },
  });
});
