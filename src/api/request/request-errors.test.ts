import { afterEach, expect, test, vi } from 'vitest';
import { warnOfStrangersSparingly } from './request-errors.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('fear: a stranger with many addresses fills the memory, the log and the error table', () => {
  vi.useFakeTimers();
  const isTold = warnOfStrangersSparingly();
  const toldOf = (count: number) =>
    Array.from({ length: count }, (_, index) => isTold(`LOGIN_FAILED ${index}`, false)).filter(Boolean)
      .length;
  expect(isTold('LOGIN_FAILED here', false)).toBe(true);
  expect(isTold('LOGIN_FAILED here', false)).toBe(false);
  expect(toldOf(10_000)).toBe(99);
  expect(isTold('UNEXPECTED', true)).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(isTold('LOGIN_FAILED here', false)).toBe(true);
  expect(toldOf(10_000)).toBe(99);
});
