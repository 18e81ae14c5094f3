import { expect, test } from 'vitest';
import { noUsage, type TokenUsage } from '../../../domain/agents/model-call.ts';
import { costOf } from '../../../domain/agents/price.ts';
import { findAmong, listedPrices } from './listed-prices.ts';

// Each expected cost was computed by hand from the provider's list of dollars per million tokens ("$/M"); a token at
// $1/M is 1,000 nano-dollars ("n"). Never copy one of them from the code's result.

const before2027 = () => new Date('2026-12-01T00:00:00Z');
const after2027 = () => new Date('2027-06-01T00:00:00Z');

const records: Array<[what: string, name: string, usage: Partial<TokenUsage>, nanoUsd: bigint]> = [
  // Haiku 4.5: input $1/M, output $5/M. 1,000 x 1,000n = 1,000,000n; 500 x 5,000n = 2,500,000n.
  ['input and output', 'anthropic/claude-haiku-4-5', { inputTokens: 1_000, outputTokens: 500 }, 3_500_000n],
  // Opus 5.5: input $4, cache read $0.20, write $5, output $20.
  // 12 x 4,000n = 48,000n; 150,000 x 200n = 30,000,000n; 2,345 x 5,000n = 11,725,000n; 678 x 20,000n = 13,560,000n.
  [
    'a long cached conversation',
    'anthropic/claude-opus-5-5',
    { inputTokens: 12, cacheReadTokens: 150_000, cacheWriteTokens: 2_345, outputTokens: 678 },
    55_333_000n,
  ],
  // Sonnet 4.5 up to 200,000: input $3, read $0.30, write $3.75, write for an hour $6, output $15. Input in all: 121,004.
  // 3 x 3,000n = 9,000n; 100,000 x 300n = 30,000,000n; 1,001 x 3,750n = 3,753,750n; 20,000 x 6,000n = 120,000,000n;
  // 7 x 15,000n = 105,000n.
  [
    'both kinds of cache writes',
    'anthropic/claude-sonnet-4-5',
    {
      inputTokens: 3,
      cacheReadTokens: 100_000,
      cacheWriteTokens: 1_001,
      cacheWrite1hTokens: 20_000,
      outputTokens: 7,
    },
    153_867_750n,
  ],
  // Exactly 200,000 of input, none of it fresh: still the first step.
  // 199,000 x 300n = 59,700,000n; 1,000 x 3,750n = 3,750,000n; 1,000 x 15,000n = 15,000,000n.
  [
    'the last input of the first step',
    'anthropic/claude-sonnet-4-5',
    { cacheReadTokens: 199_000, cacheWriteTokens: 1_000, outputTokens: 1_000 },
    78_450_000n,
  ],
  // One token more: input $6, read $0.60, write $7.50, output $22.50 for all of it.
  // 1 x 6,000n = 6,000n; 199,000 x 600n = 119,400,000n; 1,000 x 7,500n = 7,500,000n; 1,000 x 22,500n = 22,500,000n.
  [
    'the first input of the second step',
    'anthropic/claude-sonnet-4-5',
    { inputTokens: 1, cacheReadTokens: 199_000, cacheWriteTokens: 1_000, outputTokens: 1_000 },
    149_406_000n,
  ],
  // GPT-5.4 below 272,000: input $2.50, read $0.25, output $15.
  // 71,999 x 2,500n = 179,997,500n; 200,000 x 250n = 50,000,000n; 10 x 15,000n = 150,000n.
  [
    'below the step of another provider',
    'openai/gpt-5.4',
    { inputTokens: 71_999, cacheReadTokens: 200_000, outputTokens: 10 },
    230_147_500n,
  ],
  // From 272,000 on: input $5, read $0.50, output $22.50.
  // 72,000 x 5,000n = 360,000,000n; 200,000 x 500n = 100,000,000n; 10 x 22,500n = 225,000n.
  [
    'on the step of another provider',
    'openai/gpt-5.4',
    { inputTokens: 72_000, cacheReadTokens: 200_000, outputTokens: 10 },
    460_225_000n,
  ],
  // GPT-5.6 Luna: input $0.20, read $0.02, write $0.25, output $1.20.
  // 10,000 x 200n = 2,000,000n; 90,000 x 20n = 1,800,000n; 4,321 x 250n = 1,080,250n; 333 x 1,200n = 399,600n.
  [
    'a cache that the provider writes by itself',
    'openai/gpt-5.6-luna',
    { inputTokens: 10_000, cacheReadTokens: 90_000, cacheWriteTokens: 4_321, outputTokens: 333 },
    5_279_850n,
  ],
  // o1-pro: input $150, output $600.
  ['the dearest', 'openai/o1-pro', { inputTokens: 1, outputTokens: 1 }, 750_000n],
  // Gemini 1.5 Flash-8B up to 128,000: input $0.0375 = 37.5n a token, read $0.01 = 10n, output $0.15 = 150n.
  // 3 x 37.5n = 112.5n; 1 x 10n; 1 x 150n: 272.5n, rounded up.
  [
    'half a nano-dollar',
    'gemini/gemini-flash-1.5-8b',
    { inputTokens: 3, cacheReadTokens: 1, outputTokens: 1 },
    273n,
  ],
  // Gemini 1.5 Flash: input $0.075 = 75n, read $0.01875 = 18.75n, output $0.30 = 300n: 393.75n, rounded up.
  [
    'a quarter of a nano-dollar less than a whole one',
    'gemini/gemini-flash-1.5',
    { inputTokens: 1, cacheReadTokens: 1, outputTokens: 1 },
    394n,
  ],
  ['nothing', 'anthropic/claude-opus-5', {}, 0n],
];

test.each(records)('R-BUD-9: %s (%s)', (_what, name, usage, nanoUsd) => {
  const price = findAmong(listedPrices(), before2027)(name);
  if (!price) throw new TypeError(`${name} has no price`);
  expect(costOf(price, { ...noUsage, ...usage })).toBe(nanoUsd);
});

test('R-BUD-9: from the date of a price change on, calls cost the new price', () => {
  // Gemini 3.8 Flash: output $3.75 through 2026, $7.50 from 2027 on.
  const usage = { ...noUsage, outputTokens: 1_000_000 };
  const cost = (now: () => Date) => {
    const price = findAmong(listedPrices(), now)('gemini/gemini-3.8-flash');
    return price && costOf(price, usage);
  };
  expect(cost(before2027)).toBe(3_750_000_000n);
  // The provider does not say in which time zone the price changes, so the higher price applies a day early.
  expect(cost(() => new Date('2026-12-30T23:59:59Z'))).toBe(3_750_000_000n);
  expect(cost(() => new Date('2026-12-31T00:00:00Z'))).toBe(7_500_000_000n);
  expect(cost(after2027)).toBe(7_500_000_000n);
});
