import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveEvent } from '../../../src/contract/contract.ts';
import { createRefresher, isUrgent, readEveryMs, staleKeys } from './refresher.ts';

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

test('the first change is fetched at once, a hundred more with one request, and the last one is never missed', async () => {
  const { reads, refresher } = refreshing(10);
  for (let times = 0; times < 100; times++) refresher.refresh([['work-orders']]);
  expect(reads).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toHaveLength(2);
  refresher.refresh([['work-orders']]);
  expect(reads).toHaveLength(3);
});

test('the fear: a busy Moose is never shown, since each change aborts the running request', async () => {
  const { reads, refresher, mostAtOnce } = refreshing(2_000);
  for (let times = 0; times < 100; times++) {
    refresher.refresh([['work-orders']]);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(mostAtOnce()).toBe(1);
  expect(reads.length).toBe(5);
});

test('the fear: a failure among much other work appears only after all of it', async () => {
  const { reads, refresher } = refreshing(10);
  refresher.refresh([['work-order', 'x']]);
  await vi.advanceTimersByTimeAsync(50);
  refresher.refresh([['work-order', 'x']]);
  refresher.refresh([['work-order', 'x']], true);
  refresher.refresh([['work-order', 'x']]);
  await vi.advanceTimersByTimeAsync(61);
  expect(reads).toHaveLength(2);
  // The next change comes while the request runs.
  refresher.refresh([['work-order', 'x']], true);
  await vi.advanceTimersByTimeAsync(111);
  expect(reads).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toHaveLength(3);
});

test('the fear: a storm of failures floods a slow server with requests', async () => {
  const { reads, refresher } = refreshing(300);
  for (let times = 0; times < 100; times++) {
    refresher.refresh([['errors']], true);
    await vi.advanceTimersByTimeAsync(60);
  }
  // Three of the six seconds were spent on requests; now another one starts.
  expect(reads.length).toBe(11);
});

test('a request that was running when the change came is repeated', async () => {
  const { reads, refresher } = refreshing(100);
  refresher.refresh([['errors'], ['health']]);
  // The second request began while the first was running.
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toEqual(['errors', 'health', 'health']);
});

test('a failed request is repeated at the next change, and nothing is fetched once closed', async () => {
  const { reads, refresher } = refreshing(13);
  refresher.refresh([['a']]);
  await vi.advanceTimersByTimeAsync(1_000);
  refresher.refresh([['a']]);
  refresher.refresh([['a']]);
  refresher.close();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toEqual(['a', 'a']);
});

test('each topic has its own keys; for one work order they are unique', () => {
  const event = (topic: string, id: string | null = null) => ({ topic, work_order_id: id }) as LiveEvent;
  const groups = (...events: LiveEvent[]) => staleKeys(events).map((key) => key.join('/'));
  expect(groups(event('work_order', 'x'), event('work_order', 'x'), event('session', 'x'))).toEqual([
    ...['work-order/x', 'work-orders', 'health', 'stuck', 'schedules', 'sessions'],
  ]);
  expect(groups(event('escalation', 'x'))).toContain('work-order/x');
  expect(groups(event('circuit'))).toEqual(['circuits', 'health']);
  expect(groups(event('setting'))).toEqual(['settings', 'budget', 'limits', 'models', 'agents']);
  expect(groups(event('of a newer server'))).toEqual([]);
  expect(readEveryMs(['health'])).toBeGreaterThan(readEveryMs(['work-order', 'x']));
});

test('failures and work that waits for a person are urgent', () => {
  const urgent = (topic: string, detail = {}) => isUrgent({ topic, detail } as LiveEvent);
  expect(['error', 'escalation', 'alert'].map((topic) => urgent(topic))).toEqual([true, true, true]);
  expect(urgent('work_order', { status: 'failed', from_status: 'in_progress' })).toBe(true);
  expect(urgent('work_order', { status: 'completed', from_status: 'in_progress' })).toBe(false);
  // The work order was waiting for a person before, so this is not urgent.
  expect(urgent('work_order', { status: 'needs_review', from_status: 'needs_review' })).toBe(false);
  expect([urgent('session'), urgent('work_order')]).toEqual([false, false]);
});
