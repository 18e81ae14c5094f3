import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveEvent } from '../../../src/api/contract.ts';
import { createRefresher } from './refresher.ts';
import { isUrgent, readEveryMs, staleKeys } from './stale-keys.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function refreshing(readMs: number) {
  const reads: string[] = [];
  let under = 0;
  let mostAtOnce = 0;
  const refresher = createRefresher({
    isReading: () => under > 0,
    read: async (key) => {
      reads.push(key.join('/'));
      under += 1;
      mostAtOnce = Math.max(mostAtOnce, under);
      const answered = Promise.withResolvers<void>();
      setTimeout(answered.resolve, readMs);
      await answered.promise;
      under -= 1;
      if (readMs === 13) throw new Error('The server is away');
    },
    readEveryMs: () => 400,
  });
  return { reads, refresher, mostAtOnce: () => mostAtOnce };
}

test('the first change is read at once, a hundred after it once more, and the last one is never forgotten', async () => {
  const { reads, refresher } = refreshing(10);
  for (let times = 0; times < 100; times++) refresher.refresh([['work-orders']]);
  expect(reads).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toHaveLength(2);
  refresher.refresh([['work-orders']]);
  expect(reads).toHaveLength(3);
});

test('the fear: a busy Moose is never seen, since each change breaks off what is being read', async () => {
  const { reads, refresher, mostAtOnce } = refreshing(2_000);
  for (let times = 0; times < 100; times++) {
    refresher.refresh([['work-orders']]);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(mostAtOnce()).toBe(1);
  expect(reads.length).toBe(5);
});

test('the fear: a failure among much other work is seen when all of it is', async () => {
  const { reads, refresher } = refreshing(10);
  refresher.refresh([['work-order', 'x']]);
  await vi.advanceTimersByTimeAsync(50);
  refresher.refresh([['work-order', 'x']]);
  refresher.refresh([['work-order', 'x']], true);
  refresher.refresh([['work-order', 'x']]);
  await vi.advanceTimersByTimeAsync(61);
  expect(reads).toHaveLength(2);
  // While it is being read, too.
  refresher.refresh([['work-order', 'x']], true);
  await vi.advanceTimersByTimeAsync(111);
  expect(reads).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toHaveLength(3);
});

test('the fear: a storm of failures keeps a slow server busy with nothing but readings', async () => {
  const { reads, refresher } = refreshing(300);
  for (let times = 0; times < 100; times++) {
    refresher.refresh([['errors']], true);
    await vi.advanceTimersByTimeAsync(60);
  }
  // Of six seconds it has read for three, and begins once more.
  expect(reads.length).toBe(11);
});

test('what was being read when the change came is read again', async () => {
  const { reads, refresher } = refreshing(100);
  refresher.refresh([['errors'], ['health']]);
  // The second one began while something was being read.
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toEqual(['errors', 'health', 'health']);
});

test('what cannot be read is read again at the next change, and closed it reads no more', async () => {
  const { reads, refresher } = refreshing(13);
  refresher.refresh([['a']]);
  await vi.advanceTimersByTimeAsync(1_000);
  refresher.refresh([['a']]);
  refresher.refresh([['a']]);
  refresher.close();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toEqual(['a', 'a']);
});

test('each topic has its own; of one work order it is that one, once', () => {
  const event = (topic: string, id: string | null = null) => ({ topic, work_order_id: id }) as LiveEvent;
  const groups = (...events: LiveEvent[]) => staleKeys(events).map((key) => key.join('/'));
  expect(groups(event('work_order', 'x'), event('work_order', 'x'), event('session', 'x'))).toEqual([
    ...['work-order/x', 'work-orders', 'health', 'stuck', 'sessions'],
  ]);
  expect(groups(event('escalation', 'x'))).toContain('work-order/x');
  expect(groups(event('circuit'))).toEqual(['circuits', 'health']);
  expect(groups(event('setting'))).toEqual(['settings', 'budget', 'models', 'agents']);
  expect(groups(event('of a newer server'))).toEqual([]);
  expect(readEveryMs(['health'])).toBeGreaterThan(readEveryMs(['work-order', 'x']));
});

test('what went wrong, and what waits for a person, is urgent', () => {
  const urgent = (topic: string, detail = {}) => isUrgent({ topic, detail } as LiveEvent);
  expect(['error', 'escalation', 'alert'].map((topic) => urgent(topic))).toEqual([true, true, true]);
  expect(urgent('work_order', { status: 'failed', from_status: 'in_progress' })).toBe(true);
  expect(urgent('work_order', { status: 'completed', from_status: 'in_progress' })).toBe(false);
  // It has been for a while.
  expect(urgent('work_order', { status: 'needs_review', from_status: 'needs_review' })).toBe(false);
  expect([urgent('session'), urgent('work_order')]).toEqual([false, false]);
});
