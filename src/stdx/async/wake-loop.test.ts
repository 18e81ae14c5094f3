import { expect, test } from 'vitest';
import { repeat, startWakeLoop } from './wake-loop.ts';

const farMs = 3_600_000;

test('a ring ends the wait, and one that comes during the act is not lost', async () => {
  const stop = new AbortController();
  const second = Promise.withResolvers<void>();
  let acts = 0;
  const loop = startWakeLoop(async () => {
    acts += 1;
    // The loop starts to act before it is returned.
    await Promise.resolve();
    if (acts === 1) loop.ring();
    if (acts === 2) second.resolve();
    return farMs;
  }, stop.signal);
  await second.promise;
  stop.abort();
  await loop.ended;
  expect(acts).toBe(2);
});

test('an act that returns no wait is repeated at once, until the signal is aborted', async () => {
  const stop = new AbortController();
  let acts = 0;
  const loop = startWakeLoop(async () => {
    acts += 1;
    if (acts === 3) stop.abort();
    return 0;
  }, stop.signal);
  await loop.ended;
  expect(acts).toBe(3);
});

test('fear: an abort during the wait still leads to an act', async () => {
  const stop = new AbortController();
  let acts = 0;
  const ended = repeat(farMs, async () => void acts++, stop.signal);
  stop.abort();
  await ended;
  expect(acts).toBe(0);
});

test('what is repeated runs after each wait, and its failure ends the loop', async () => {
  let acts = 0;
  const failing = async () => {
    acts += 1;
    if (acts === 2) throw new Error('enough');
  };
  await expect(repeat(1, failing, new AbortController().signal)).rejects.toThrow('enough');
  expect(acts).toBe(2);
});
