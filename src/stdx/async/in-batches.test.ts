import { expect, test } from 'vitest';
import { inBatches } from './in-batches.ts';

const never = new AbortController().signal;

test('what is asked at the same time is answered together, in batches of a limited size', async () => {
  const batches: number[][] = [];
  const { ask } = inBatches(
    async (asked: number[]) => {
      batches.push(asked);
      return asked.map((one) => one * 10);
    },
    { batchMax: 2, heldMax: 10 },
  );
  expect(await Promise.all([1, 2, 3].map((one) => ask(one, never)))).toEqual([10, 20, 30]);
  expect(batches).toEqual([[1, 2], [3]]);
  expect(await ask(4, never)).toBe(40);
});

test('nobody goes on while others wait, up to a limit', async () => {
  for (const { heldMax, expected } of [
    { heldMax: 10, expected: ['1', '2', '3', 'goes on'] },
    { heldMax: 1, expected: ['1', 'goes on', '2', '3'] },
  ]) {
    const order: string[] = [];
    const { ask } = inBatches(
      async (asked: number[]) => {
        // Gives an answered caller time to continue.
        await new Promise((resolve) => setImmediate(resolve));
        order.push(asked.join());
        return asked;
      },
      { batchMax: 1, heldMax },
    );
    const first = ask(1, never).then(() => order.push('goes on'));
    await Promise.all([first, ask(2, never), ask(3, never)]);
    expect(order).toEqual(expected);
  }
});

test('one that cannot be answered fails alone', async () => {
  const { ask } = inBatches(
    async (asked: number[]) => {
      if (asked.includes(2)) throw new Error('no two');
      return asked;
    },
    { batchMax: 10, heldMax: 10 },
  );
  const ends = await Promise.allSettled([ask(1, never), ask(2, never), ask(3, never)]);
  expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason)))).toEqual([
    1,
    'Error: no two',
    3,
  ]);
});

test('a caller that stops waiting is rejected at once, and the call is stopped when nobody waits for it', async () => {
  const called = Promise.withResolvers<AbortSignal>();
  const { ask } = inBatches(
    (_asked: number[], signal) => {
      called.resolve(signal);
      return new Promise<number[]>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
    },
    { batchMax: 10, heldMax: 10 },
  );
  const [one, other] = [new AbortController(), new AbortController()];
  const ends = [ask(1, one.signal), ask(2, other.signal)].map((end) => end.catch((cause) => cause));
  const signal = await called.promise;
  one.abort('enough');
  expect(await ends[0]).toBe('enough');
  expect(signal.aborted).toBe(false);
  other.abort('me too');
  expect(await ends[1]).toBe('me too');
  expect(signal.aborted).toBe(true);
  const late = new AbortController();
  late.abort('late');
  await expect(ask(3, late.signal)).rejects.toBe('late');
});
