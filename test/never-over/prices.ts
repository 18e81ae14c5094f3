// The prices of the never-over test's models: rows of the real table, by which their provider bills.
import type { ModelPrice } from '../../src/domain/agents/price.ts';
import type { PriceOfEnv } from '../../src/store/money/model-prices.ts';

export const providerName = 'proof';

const rates = (usdPerMillion: bigint) => {
  const nano = usdPerMillion * 1_000_000_000n;
  return {
    input: nano,
    cacheRead: nano / 10n,
    cacheWrite: (nano * 5n) / 4n,
    cacheWrite1h: nano * 2n,
    output: nano * 5n,
  };
};

/** In the second step, long inputs cost twice as much, and conversations grow into it. */
const stepped: ModelPrice['steps'] = [
  { aboveInputTokens: 0, ...rates(1n) },
  { aboveInputTokens: 2_000, ...rates(2n) },
];

export const models = ['plain', 'stepped', 'short'] as const;
export type ModelName = (typeof models)[number];

export const prices: Record<ModelName, PriceOfEnv> = {
  plain: {
    name: `${providerName}/plain`,
    contextTokens: 200_000,
    steps: [{ aboveInputTokens: 0, ...rates(3n) }],
  },
  stepped: { name: `${providerName}/stepped`, contextTokens: 200_000, steps: stepped },
  /** The model's whole context still fits into the largest reservation. */
  short: {
    name: `${providerName}/short`,
    contextTokens: 20_000,
    steps: [{ aboveInputTokens: 0, ...rates(3n) }],
  },
};
