import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noUsage } from './model-call.ts';
import {
  costOf,
  dearestInput,
  dearestRates,
  type ModelPrice,
  nanoUsdPerMillion,
  type PriceStep,
  rateNames,
  stepFor,
  tokensFor,
  usdPerMillion,
} from './price.ts';

const rates = fc.record({
  input: fc.bigInt(0n, 200n * 10n ** 9n),
  cacheRead: fc.bigInt(0n, 200n * 10n ** 9n),
  cacheWrite: fc.bigInt(0n, 200n * 10n ** 9n),
  cacheWrite1h: fc.bigInt(0n, 200n * 10n ** 9n),
  output: fc.bigInt(0n, 700n * 10n ** 9n),
});
const starts = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 3 });

/** Includes prices that no provider has, such as a step that is cheaper than the one before it. */
const prices: fc.Arbitrary<ModelPrice> = fc
  .tuple(
    rates,
    starts.chain((found) => fc.tuple(fc.constant(found), fc.array(rates, { minLength: 3, maxLength: 3 }))),
  )
  .map(([first, [found, more]]) => ({
    version: 'any',
    steps: [
      { ...first, aboveInputTokens: 0 },
      ...found
        .sort((a, b) => a - b)
        .map((aboveInputTokens, index): PriceStep => ({ ...(more[index] ?? first), aboveInputTokens })),
    ],
    contextTokens: null,
  }));
const tokens = fc.integer({ min: 0, max: 400_000 });
const usages = fc.record({
  inputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWrite1hTokens: tokens,
  outputTokens: tokens,
});

test('the cost is rounded up only once, by less than a nano-dollar', () => {
  // $0.0004/M is 0.4n a token: two tokens cost 0.8n, not twice a rounded 1n.
  const rate = nanoUsdPerMillion('0.0004');
  const step = {
    aboveInputTokens: 0,
    input: rate,
    cacheRead: rate,
    cacheWrite: rate,
    cacheWrite1h: rate,
    output: rate,
  };
  const price: ModelPrice = { version: 'odd', steps: [step], contextTokens: null };
  expect(costOf(price, { ...noUsage, inputTokens: 1, outputTokens: 1 })).toBe(1n);
  fc.assert(
    fc.property(prices, usages, (any, usage) => {
      const { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens, outputTokens } = usage;
      const whole = inputTokens + cacheReadTokens + cacheWriteTokens + cacheWrite1hTokens;
      const at = stepFor(any, whole);
      const exact =
        BigInt(inputTokens) * at.input +
        BigInt(cacheReadTokens) * at.cacheRead +
        BigInt(cacheWriteTokens) * at.cacheWrite +
        BigInt(cacheWrite1hTokens) * at.cacheWrite1h +
        BigInt(outputTokens) * at.output;
      const over = costOf(any, usage) * 1_000_000n - exact;
      expect(over >= 0n && over < 1_000_000n).toBe(true);
    }),
  );
});

test('the highest rates are at least those of every reachable step, and never fall for more input', () => {
  fc.assert(
    fc.property(prices, tokens, tokens, (any, one, other) => {
      const [less, more] = one < other ? [one, other] : [other, one];
      const dearest = dearestRates(any, more);
      for (const name of rateNames) {
        expect(dearest[name] >= stepFor(any, less)[name]).toBe(true);
        expect(dearest[name] >= dearestRates(any, less)[name]).toBe(true);
      }
      const { input, cacheRead, cacheWrite } = dearest;
      expect([input, cacheRead, cacheWrite]).toContain(dearestInput(dearest));
      expect([input, cacheRead, cacheWrite].every((rate) => dearestInput(dearest) >= rate)).toBe(true);
    }),
  );
});

test('the money buys exactly as many tokens as it pays for', () => {
  expect(tokensFor(-1n, 1n, 5)).toBe(0);
  expect(tokensFor(10n, 0n, 5)).toBe(5);
  // $1/M is 1,000n a token.
  expect(tokensFor(2_999n, nanoUsdPerMillion('1'), 9)).toBe(2);
  expect(tokensFor(3_000n, nanoUsdPerMillion('1'), 9)).toBe(3);
  expect(tokensFor(9_999_999n, nanoUsdPerMillion('1'), 9)).toBe(9);
});

test.each([
  ['3', 3_000_000_000n],
  ['0.25', 250_000_000n],
  ['22.5', 22_500_000_000n],
  ['0.01875', 18_750_000n],
  ['0.000000001', 1n],
  ['0.0000000011', 2n],
  ['0.0000000010', 1n],
  ['0', 0n],
])('%s dollars per million tokens are %s nano-dollars, rounded up', (usd, nano) => {
  expect(nanoUsdPerMillion(usd)).toBe(nano);
});

test.each([
  ['3', '$3.00'],
  ['0.075', '$0.075'],
  ['12.5', '$12.50'],
  ['0.01875', '$0.01875'],
  ['0.000000001', '$0.000000001'],
  ['0', '$0.00'],
  ['1234.1', '$1234.10'],
])('%s dollars per million are printed as %s', (usd, told) => {
  expect(usdPerMillion(nanoUsdPerMillion(usd))).toBe(told);
});

test.each(['', '-1', '1e3', 'free', '1,5', '.5', '1234567', ' 1'])('%j is not a price', (usd) => {
  expect(() => nanoUsdPerMillion(usd)).toThrow(RangeError);
});
