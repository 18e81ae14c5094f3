import { expect, test } from 'vitest';
import { countsFor } from './side-by-side.ts';

const strike = (from: number, to: number) => ({ injectedAt: new Date(from), overAt: new Date(to) });
const [first, second] = [strike(0, 10), strike(10, 20)];

test('a work order that asked counts for the faults during which it failed', () => {
  const failed = { failedAt: [new Date(15)] };
  expect(countsFor(second, failed, [first, second])).toBe(true);
  expect(countsFor(first, failed, [first, second])).toBe(false);
});

test('if it failed during none of them, it counts for all that it met', () => {
  for (const failedAt of [[], [new Date(30)]])
    expect(countsFor(first, { failedAt }, [first, second])).toBe(true);
});
