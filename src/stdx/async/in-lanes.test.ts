import { expect, test } from 'vitest';
import { inLanes } from './in-lanes.ts';

test('a lane does a few at a time, in their order, and no lane waits for another', async () => {
  const lanes = inLanes(2);
  const begun: string[] = [];
  const ends = new Map<string, (failed?: Error) => void>();
  const work = (lane: string, name: string) =>
    lanes.run(lane, () => {
      begun.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (failed) => (failed ? reject(failed) : resolve(name)));
      });
    });
  const all = ['a1', 'a2', 'a3', 'a4'].map((name) => work('a', name));
  const other = work('b', 'b1');
  expect([lanes.isFull('a'), lanes.isFull('b'), lanes.isFull('c')]).toEqual([true, false, false]);
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  ends.get('a2')?.(new Error('no'));
  await expect(all[1]).rejects.toThrow('no');
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  ends.get('a1')?.();
  await all[0];
  for (const name of ['a3', 'a4', 'b1']) ends.get(name)?.();
  expect(await Promise.all([all[2], all[3], other])).toEqual(['a3', 'a4', 'b1']);
  expect(lanes.isFull('a')).toBe(false);
});
