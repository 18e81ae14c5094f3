import { expect, test } from 'vitest';
import { memoryFor } from './session-limits.ts';

const gib = 1024 ** 3;

test.each([
  // [memory of the machine, slots, memory of all sessions, memory of one]
  [64, 8, 54.4, 6.8],
  [24, 8, 20.4, 4],
  [8, 8, 6.8, 3.4],
  [2, 8, 1, 0.5],
  [1, 1, 0.5, 0.5],
])(
  'R-MACHINE-1: of %d GiB, with %d sessions at a time, all get %d GiB and one %d GiB',
  (total, slots, all, one) => {
    const { ofAll, ofOne } = memoryFor({ totalBytes: total * gib, slots });
    expect(ofAll / gib).toBeCloseTo(all, 5);
    expect(ofOne / gib).toBeCloseTo(one, 5);
    expect(ofOne).toBeLessThanOrEqual(ofAll);
  },
);
