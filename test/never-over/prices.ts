// What the models of the proof cost: rows of the real table, and what their provider bills by.
import type { ModelPrice } from '../../src/domain/price.ts';
import type { GivenPrice } from '../../src/store/money/model-prices.ts';

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

/** Long inputs cost twice as much with the second one, and conversations grow past its step. */
const stepped: ModelPrice['steps'] = [
  { aboveInputTokens: 0, ...rates(1n) },
  { aboveInputTokens: 2_000, ...rates(2n) },
];

export const models = ['plain', 'stepped', 'short'] as const;
export type ModelName = (typeof models)[number];

export const prices: Record<ModelName, GivenPrice> = {
  plain: {
    name: `${providerName}/plain`,
    contextTokens: 200_000,
    steps: [{ aboveInputTokens: 0, ...rates(3n) }],
  },
  stepped: { name: `${providerName}/stepped`, contextTokens: 200_000, steps: stepped },
  /** All that it reads at most still fits into the largest hold. */
  short: {
    name: `${providerName}/short`,
    contextTokens: 20_000,
    steps: [{ aboveInputTokens: 0, ...rates(3n) }],
  },
};
