import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Scheduler } from '../src/scheduler.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('calls again and again', () => {
  const task = vi.fn();
  const s = new Scheduler();
  s.every(1000, task);
  vi.advanceTimersByTime(3500);
  expect(task).toHaveBeenCalledTimes(3);
  s.stop();
  vi.advanceTimersByTime(3500);
  expect(task).toHaveBeenCalledTimes(3);
});
