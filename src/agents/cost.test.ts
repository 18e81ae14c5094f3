import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nanoUsdOf } from './cost.ts';

test.each([
  [0, 0n],
  [0.0375, 37_500_000n],
  [0.004917000000000001, 4_917_000n],
  [0.11249999999999999, 112_500_000n],
  [1e-7, 100n],
  [1.5e-9, 2n],
  [4e-10, 0n],
  [5e-324, 0n],
  [12, 12_000_000_000n],
  [1_000_000_000, 1_000_000_000_000_000_000n],
])('$%d is %d nano-dollars', (usd, nanoUsd) => {
  expect(nanoUsdOf(usd)).toBe(nanoUsd);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e30, '0.5', null, undefined, {}])(
  '%j is no amount',
  (value) => {
    expect(nanoUsdOf(value)).toBeNull();
  },
);

test('property: an amount of nano-dollars comes back as itself', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (nanoUsd) => {
      expect(nanoUsdOf(nanoUsd / 1e9)).toBe(BigInt(nanoUsd));
    }),
  );
});
