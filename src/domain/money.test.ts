import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatUsd, formatUsdNumber, nanoOfUsd, nanoUsdPerUsd, parseUsd, usdNumber } from './money.ts';

const amounts = fc.bigInt({ min: 0n, max: 999_999_999n * nanoUsdPerUsd + 999_999_999n });

test('R-BUD-1: every amount is read as it is written, to the last nano-dollar', () => {
  fc.assert(
    fc.property(amounts, fc.constantFrom('', '$'), fc.constantFrom('', ' '), (nanoUsd, sign, space) => {
      const text = `${nanoUsd / nanoUsdPerUsd}.${(nanoUsd % nanoUsdPerUsd).toString().padStart(9, '0')}`;
      expect(parseUsd(space + sign + text + space)).toBe(nanoUsd);
    }),
  );
  expect([parseUsd('5'), parseUsd('0.5'), parseUsd('$2.50')]).toEqual([
    5_000_000_000n,
    500_000_000n,
    2_500_000_000n,
  ]);
});

test.each([
  '',
  '$',
  '-1',
  '1,50',
  '1.',
  '.5',
  '1e3',
  '0x10',
  '0.0000000015',
  '1000000000',
  'NaN',
  '1 000',
  '１',
  '5 $',
])('"%s" is not an amount', (text) => {
  expect(parseUsd(text)).toBeUndefined();
});

test.each([
  [0n, '$0.00'],
  [1n, '$0.000000001'],
  [10n, '$0.000000010'],
  [1_234_567n, '$0.0012'],
  [120_000_000n, '$0.12'],
  [1_999_999_999n, '$1.99'],
  [2_500_000_000n, '$2.50'],
  [1_000_000_000_000_000_000n, '$1000000000.00'],
  [-50_000_000n, '-$0.05'],
])('%i nano-dollars are shown as %s', (nanoUsd, text) => {
  expect(formatUsd(nanoUsd)).toBe(text);
});

test('a shown amount is never too high, never zero for a positive amount, and less than a tenth too low', () => {
  fc.assert(
    fc.property(amounts, (nanoUsd) => {
      const [, whole = '', fraction = ''] = /^\$(\d+)\.(\d{2,9})$/.exec(formatUsd(nanoUsd)) ?? [];
      const shown = parseUsd(`${whole.slice(-9)}.${fraction}`) ?? -1n;
      expect(shown).toBeLessThanOrEqual(nanoUsd);
      if (nanoUsd > 0n) expect(shown).toBeGreaterThan(0n);
      expect((nanoUsd - shown) * 10n).toBeLessThanOrEqual(nanoUsd);
    }),
  );
});

test('for programs an amount is a number of dollars', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1_000_000n * nanoUsdPerUsd }), (nanoUsd) => {
      expect(formatUsdNumber(usdNumber(nanoUsd))).toBe(formatUsd(nanoUsd));
    }),
  );
  expect(usdNumber(1_234_567_890n)).toBe(1.23456789);
  expect(usdNumber(0n)).toBe(0);
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1_000_000n * nanoUsdPerUsd }), (nanoUsd) => {
      expect(BigInt(Math.round(usdNumber(nanoUsd) * 1e9))).toBe(nanoUsd);
    }),
  );
});

test('R-BUD-1: fear: a limit above zero that is very small is stored as zero, which no work order can have', () => {
  expect([nanoOfUsd(1e-7), nanoOfUsd(Number.MIN_VALUE), nanoOfUsd(0)]).toEqual([1_000n, 1_000n, 0n]);
  expect(nanoOfUsd(2.5)).toBe(2_500_000_000n);
});
