import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runsMax, smallestRedSet } from './smallest-red-set.ts';

/** `culprits` are red with ours; `among` are red without ours too. */
function counted(culprits: readonly number[], among: readonly number[] = []) {
  const runs: string[] = [];
  const seen = new Set<string>();
  let isNew = false;
  const isRed = async (others: readonly number[], withOurs: boolean) => {
    const key = `${withOurs} ${others.join()}`;
    isNew = !seen.has(key);
    seen.add(key);
    if (isNew) runs.push(key);
    const has = (some: readonly number[]) => some.length > 0 && some.every((each) => others.includes(each));
    return (withOurs && has(culprits)) || has(among);
  };
  return { runs, isRed, hasRun: () => isNew };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

test('R-GREEN-11: the one change among n is found in at most log2(n) + 1 runs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 64 }), fc.nat(), async (count, chosen) => {
      const culprit = chosen % count;
      const { runs, isRed, hasRun } = counted([culprit]);
      const found = await smallestRedSet(upTo(count), isRed, hasRun);
      expect(found).toMatchObject({ is: 'ours', others: [culprit] });
      expect(runs.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)) + 1);
    }),
  );
});

test('R-GREEN-11: what only two others together make red is named as far as the runs allow, and never more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat({ max: 15 }), { minLength: 2, maxLength: 2 }), async (pair) => {
      const { runs, isRed, hasRun } = counted(pair);
      const found = await smallestRedSet(upTo(16), isRed, hasRun);
      expect(runs.length).toBeLessThanOrEqual(runsMax(16));
      if (found.is !== 'ours') throw new Error('It is ours');
      expect(found.others.every((each) => pair.includes(each))).toBe(true);
      expect(found.others).toContain(Math.max(...pair));
      expect(found.isSmallest).toBe(found.others.length === 2);
    }),
  );
});

test('R-GREEN-11: with known results, three changes that only together are red are all named', async () => {
  const { isRed } = counted([0, 1]);
  expect(await smallestRedSet([0, 1], isRed, () => false)).toEqual({
    is: 'ours',
    others: [0, 1],
    isSmallest: true,
  });
});

test('R-GREEN-11: nobody is blamed for what is red without them, or for what is not known', async () => {
  const red = counted([0], [1, 2]);
  expect(await smallestRedSet(upTo(4), red.isRed, red.hasRun)).toEqual({ is: 'not ours' });
  expect(red.runs).toHaveLength(1);
  expect(
    await smallestRedSet(
      upTo(4),
      async () => undefined,
      () => true,
    ),
  ).toEqual({ is: 'unknown' });
  const later = async (_: readonly number[], withOurs: boolean) => (withOurs ? undefined : false);
  expect(await smallestRedSet(upTo(4), later, () => true)).toEqual({ is: 'unknown' });
});
