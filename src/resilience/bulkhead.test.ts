import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Bulkhead } from './bulkhead.ts';

const { signal } = new AbortController();

/** Calls that end when they are told to. */
function held(bulkhead: Bulkhead, by: AbortSignal = signal) {
  const end = Promise.withResolvers<string>();
  return { end, done: bulkhead.run(by, () => end.promise) };
}

test('R-REC-8: so many run, so many wait, and the next one is refused at once', async () => {
  const bulkhead = new Bulkhead({ callsMax: 2, waitingMax: 1 });
  const calls = [held(bulkhead), held(bulkhead), held(bulkhead)];
  expect([bulkhead.running, bulkhead.waiting]).toEqual([2, 1]);
  await expect(bulkhead.run(signal, async () => 'never')).rejects.toMatchObject({
    code: 'BULKHEAD_FULL',
    retryAfterMs: 100,
  });
  for (const { end } of calls) end.resolve('done');
  expect(await Promise.all(calls.map(({ done }) => done))).toEqual(['done', 'done', 'done']);
  expect([bulkhead.running, bulkhead.waiting]).toEqual([0, 0]);
});

test('those who wait come in the order in which they came, and a failure gives its place on', async () => {
  const bulkhead = new Bulkhead({ callsMax: 1, waitingMax: 5 });
  const order: number[] = [];
  const first = held(bulkhead);
  const rest = [1, 2, 3].map((number) => bulkhead.run(signal, async () => order.push(number)));
  first.end.reject(new Error('no'));
  await expect(first.done).rejects.toThrow('no');
  await Promise.all(rest);
  expect(order).toEqual([1, 2, 3]);
  expect(bulkhead.running).toBe(0);
});

test('the fear: who waits is deaf to its signal, or is called after it', async () => {
  const bulkhead = new Bulkhead({ callsMax: 1, waitingMax: 5 });
  const first = held(bulkhead);
  const cancel = new AbortController();
  let calls = 0;
  const waiting = bulkhead.run(cancel.signal, async () => calls++);
  const other = bulkhead.run(cancel.signal, async () => calls++);
  cancel.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(other).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(bulkhead.run(cancel.signal, async () => calls++)).rejects.toMatchObject({ code: 'CANCELLED' });
  first.end.resolve('done');
  await first.done;
  expect({ calls, running: bulkhead.running, waiting: bulkhead.waiting }).toEqual({
    calls: 0,
    running: 0,
    waiting: 0,
  });
});

test('a signal that lives long keeps no listeners', async () => {
  const long = new AbortController();
  const bulkhead = new Bulkhead({ callsMax: 1, waitingMax: 9 });
  const calls = Array.from({ length: 9 }, () => bulkhead.run(long.signal, async () => 'done'));
  await Promise.all(calls);
  expect(getEventListeners(long.signal, 'abort')).toEqual([]);
});
