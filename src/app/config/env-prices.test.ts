import { expect, test } from 'vitest';
import { readPrices } from './env-prices.ts';

const dollar = 1_000_000_000n;

test('a price may leave out parts; each missing part is the highest customary one', () => {
  expect(readPrices(' compatible/qwen3=2:6 , ollama/library/qwen3:8b=0:0 ')).toEqual([
    {
      name: 'compatible/qwen3',
      contextTokens: null,
      steps: [
        {
          aboveInputTokens: 0,
          input: 2n * dollar,
          cacheRead: 2n * dollar,
          cacheWrite: (5n * dollar) / 2n,
          cacheWrite1h: 4n * dollar,
          output: 6n * dollar,
        },
      ],
    },
    {
      name: 'ollama/library/qwen3:8b',
      contextTokens: null,
      steps: [
        { aboveInputTokens: 0, input: 0n, cacheRead: 0n, cacheWrite: 0n, cacheWrite1h: 0n, output: 0n },
      ],
    },
  ]);
  expect(readPrices('a/b=1:2:0.1:1.1:1.2@32768')).toEqual([
    {
      name: 'a/b',
      contextTokens: 32_768,
      steps: [
        {
          aboveInputTokens: 0,
          input: dollar,
          cacheRead: dollar / 10n,
          cacheWrite: 1_100_000_000n,
          cacheWrite1h: 1_200_000_000n,
          output: 2n * dollar,
        },
      ],
    },
  ]);
});

test('the guessed price of an hour in the cache is never below that of minutes', () => {
  expect(readPrices('a/b=1:2:1:9')[0]?.steps[0].cacheWrite1h).toBe(9n * dollar);
});

test('if a model is named twice, the last price applies', () => {
  const [first, ...more] = readPrices('a/b=1:1,a/b=2:2');
  expect(first?.steps[0].input).toBe(2n * dollar);
  expect(more).toEqual([]);
});

test('no value means no prices', () => {
  expect(readPrices('')).toEqual([]);
  expect(readPrices(' , ')).toEqual([]);
});

test.each([
  'qwen=1:2',
  'a/b',
  'a/b=1',
  'a/b=-1:2',
  'a/b=1e3:2',
  'a/b=1:2@',
  'a/b=1:2@0',
  'a/b=1:2:3:4:5:6',
  '/b=1:2',
])('%j is refused, with what to write', (text) => {
  expect(() => readPrices(text)).toThrow(
    expect.objectContaining({
      code: 'SETTING_INVALID',
      message: expect.stringContaining('MOOSE_PRICES'),
      advice: expect.stringContaining('compatible/qwen3=0.20:0.60'),
    }),
  );
});
