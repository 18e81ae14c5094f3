import { expect, onTestFinished, test, vi } from 'vitest';
import { lifetimeOf, lingerMs, type Needs } from './lifetime.ts';

const unneeded: Needs = { attached: () => 0, calls: () => 0, liveKeys: async () => 0 };
const away = async () => {
  throw new Error('The database is away.');
};

test('the gateway ends when the last Moose leaves, unless a call is in flight or an agent may still call', async () => {
  const last = { ...unneeded, attached: () => 1 };
  expect(await lifetimeOf(last).leave()).toBe(true);
  expect(await lifetimeOf({ ...last, attached: () => 2 }).leave()).toBe(false);
  expect(await lifetimeOf({ ...last, calls: () => 1 }).leave()).toBe(false);
  expect(await lifetimeOf({ ...last, liveKeys: async () => 1 }).leave()).toBe(false);
});

test('fear: a gateway ends under an agent because the database was unavailable for a moment', async () => {
  const needs = { ...unneeded, attached: () => 1, liveKeys: away };
  const lifetime = lifetimeOf(needs);
  expect(await lifetime.leave()).toBe(false);
  const over = lifetimeOf({ ...unneeded, liveKeys: away }).over(AbortSignal.timeout(400));
  const startedMs = performance.now();
  await over;
  // The wait was ended by the signal.
  expect(performance.now() - startedMs).toBeGreaterThan(300);
});

test('nobody waits for a Moose that has left', async () => {
  const lifetime = lifetimeOf({ ...unneeded, attached: () => 1 });
  const over = lifetime.over(new AbortController().signal);
  expect(await lifetime.leave()).toBe(true);
  await over;
});

test('fear: a Moose that was killed comes back, and its gateway has ended at once', async () => {
  let attached = 1;
  const lifetime = lifetimeOf({ ...unneeded, attached: () => attached });
  const startedMs = performance.now();
  const over = lifetime.over(new AbortController().signal);
  attached = 0;
  lifetime.detached();
  await over;
  expect(performance.now() - startedMs).toBeGreaterThan(lingerMs);
});

test('fear: a Moose is killed long after the last look, the database is away, and the gateway does not wait for it', async () => {
  let attached = 1;
  let asked = 0;
  let skippedMs = 0;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + skippedMs);
  onTestFinished(() => void vi.restoreAllMocks());
  const liveKeys = () => {
    asked += 1;
    return away();
  };
  const lifetime = lifetimeOf({ attached: () => attached, calls: () => 1, liveKeys });
  const stop = new AbortController();
  let isOver = false;
  const over = lifetime.over(stop.signal).then(() => {
    isOver = true;
  });
  skippedMs = 59_990;
  attached = 0;
  lifetime.detached();
  await expect.poll(() => isOver || asked > 3).toBe(true);
  expect(isOver).toBe(false);
  stop.abort();
  await over;
});
