import { expect, test } from 'vitest';
import { sharedReads } from './shared-reads.ts';

/** Reads that end when the test says so; each answers with its number. */
function ground() {
  const begun: { key: string; end: PromiseWithResolvers<string> }[] = [];
  const { read } = sharedReads();
  const ask = (key: string) =>
    read(key, () => {
      const end = Promise.withResolvers<string>();
      begun.push({ key, end });
      return end.promise;
    });
  return {
    ask,
    begun: () => begun.map(({ key }) => key),
    end: (n: number) => begun[n]?.end.resolve(`read ${n}`),
    begunAt: begun,
  };
}

test('all who ask during a read share the next one, which begins after their questions', async () => {
  const { ask, begun, end } = ground();
  const first = ask('a');
  const later = [ask('a'), ask('a'), ask('a')];
  expect(begun()).toEqual(['a']);
  end(0);
  expect(await first).toBe('read 0');
  await expect.poll(begun).toEqual(['a', 'a']);
  // The second read has begun: whoever asks now may ask about something newer.
  const latest = ask('a');
  end(1);
  expect(await Promise.all(later)).toEqual(['read 1', 'read 1', 'read 1']);
  await expect.poll(begun).toEqual(['a', 'a', 'a']);
  end(2);
  expect(await latest).toBe('read 2');
  expect(ask('a')).toBeInstanceOf(Promise);
  expect(begun()).toHaveLength(4);
});

test('what differs in its key is read for itself', async () => {
  const { ask, begun, end } = ground();
  const both = [ask('a'), ask('b')];
  expect(begun()).toEqual(['a', 'b']);
  end(1);
  end(0);
  expect(await Promise.all(both)).toEqual(['read 0', 'read 1']);
});

test('a read that fails fails for those who share it, and the next one is made', async () => {
  const { ask, begun, begunAt, end } = ground();
  const first = ask('a');
  const shared = [ask('a'), ask('a')];
  begunAt[0]?.end.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await expect.poll(begun).toEqual(['a', 'a']);
  begunAt[1]?.end.reject(new Error('still away'));
  for (const one of shared) await expect(one).rejects.toThrow('still away');
  const again = ask('a');
  end(2);
  expect(await again).toBe('read 2');
});

test('fear: a read that throws at once fails for everybody who asks later', async () => {
  const { read } = sharedReads();
  const fail = (): Promise<string> => {
    throw new TypeError('at once');
  };
  const first = read('a', fail);
  const second = read('a', fail);
  await expect(first).rejects.toThrow('at once');
  await expect(second).rejects.toThrow('at once');
  expect(await read('a', async () => 'read')).toBe('read');
});
