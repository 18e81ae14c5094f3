import { expect, test, vi } from 'vitest';
import { writtenTogether } from './written-together.ts';

/** Writes that end when the test says so. */
function ground(itemsMax = 10) {
  const writes: { items: number[]; end: PromiseWithResolvers<(string | Promise<string>)[]> }[] = [];
  const write = writtenTogether<number, string>(
    (items) => {
      const end = Promise.withResolvers<(string | Promise<string>)[]>();
      writes.push({ items, end });
      return end.promise;
    },
    { itemsMax, patienceMs: 1_000 },
  );
  const written = () => writes.map(({ items }) => items);
  const end = (index: number, answers?: (string | Promise<string>)[]) => {
    const { items, end } = writes[index] as (typeof writes)[number];
    end.resolve(answers ?? items.map((item) => `wrote ${item}`));
  };
  const fail = (index: number, message: string) => writes[index]?.end.reject(new Error(message));
  return { write, written, end, fail };
}

test('items that arrive during a write are written together in the next one', async () => {
  const { write, written, end } = ground(2);
  const answers = Promise.all([1, 2, 3, 4].map(write));
  expect(written()).toEqual([[1]]);
  end(0);
  await expect.poll(written).toEqual([[1], [2, 3]]);
  end(1);
  await expect.poll(written).toEqual([[1], [2, 3], [4]]);
  end(2);
  expect(await answers).toEqual(['wrote 1', 'wrote 2', 'wrote 3', 'wrote 4']);
});

test('a write that fails fails its own items only', async () => {
  const { write, written, end, fail } = ground();
  const answers = Promise.allSettled([1, 2, 3].map(write));
  fail(0, 'no');
  await expect.poll(written).toEqual([[1], [2, 3]]);
  end(1, ['wrote 2']);
  expect(
    (await answers).map((each) => (each.status === 'fulfilled' ? each.value : each.reason.message)),
  ).toEqual(['no', 'wrote 2', '1 answers for 2 items']);
});

test('the next write does not wait for an answer that is still to come', async () => {
  const { write, written, end } = ground();
  const first = write(1);
  const second = write(2);
  const late = Promise.withResolvers<string>();
  end(0, [late.promise]);
  await expect.poll(written).toEqual([[1], [2]]);
  end(1);
  expect(await second).toBe('wrote 2');
  late.resolve('late');
  expect(await first).toBe('late');
});

test('fear: a write that hangs holds up all others', async () => {
  vi.useFakeTimers();
  try {
    const { write, written, end } = ground();
    const first = write(1);
    const second = write(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written()).toEqual([[1], [2]]);
    end(1);
    expect(await second).toBe('wrote 2');
    const third = write(3);
    await vi.advanceTimersByTimeAsync(0);
    expect(written()).toEqual([[1], [2], [3]]);
    end(0);
    end(2);
    expect(await Promise.all([first, third])).toEqual(['wrote 1', 'wrote 3']);
  } finally {
    vi.useRealTimers();
  }
});

test('an item that may wait is written with the next one that may not, or after a moment', async () => {
  vi.useFakeTimers();
  try {
    const writes: string[][] = [];
    const ends: (() => void)[] = [];
    const write = writtenTogether<string, string>(
      (items) => {
        writes.push(items);
        return new Promise((resolve) => ends.push(() => resolve(items)));
      },
      { itemsMax: 10, patienceMs: 1_000, mayWait: (item) => item.startsWith('late'), companyMsMax: 10 },
    );
    const all = [write('late 1'), write('late 2')];
    await vi.advanceTimersByTimeAsync(9);
    expect(writes).toEqual([]);
    all.push(write('now 1'));
    expect(writes).toEqual([['late 1', 'late 2', 'now 1']]);
    all.push(write('late 3'));
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(9);
    expect(writes).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(writes.at(-1)).toEqual(['late 3']);
    // Nobody waits for that write, so it delays nobody.
    all.push(write('now 2'));
    expect(writes.at(-1)).toEqual(['now 2']);
    for (const end of ends) end();
    expect(await Promise.all(all)).toEqual(['late 1', 'late 2', 'now 1', 'late 3', 'now 2']);
  } finally {
    vi.useRealTimers();
  }
});
