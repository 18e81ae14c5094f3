import { expect, test } from 'vitest';
import { defaultPrices, priceFromUsdPerMillion, scriptedModels } from './prices.ts';

test.each([
  ['3', 3_000n],
  ['0.25', 250n],
  ['22.5', 22_500n],
  ['0.0001', 1n],
  ['1.2345', 1_235n],
  ['1.2340', 1_234n],
  ['0', 0n],
])('%s dollars per million tokens are %s nano-dollars per token, rounded up', (usd, nano) => {
  expect(priceFromUsdPerMillion(usd, usd)).toEqual({
    inputNanoUsdPerToken: nano,
    outputNanoUsdPerToken: nano,
  });
});

test.each(['', '-1', '1e3', 'free', '1,5', '.5'])('%j is no price', (usd) => {
  expect(() => priceFromUsdPerMillion(usd, '1')).toThrow(RangeError);
});

test('the scripted models have prices, so that the budget can be watched at work (R-BASE-5)', () => {
  expect(Object.values(scriptedModels).map((name) => defaultPrices[name])).not.toContain(undefined);
});
