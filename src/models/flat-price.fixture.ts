import { type ModelPrice, nanoUsdPerMillion } from '../domain/price.ts';

/** One step, in dollars per million tokens, whatever a cache does. */
export function flatPrice(inputUsd: string, outputUsd: string): ModelPrice {
  const input = nanoUsdPerMillion(inputUsd);
  const rates = { input, cacheRead: input, cacheWrite: input, cacheWrite1h: input };
  return {
    version: 'fixed',
    steps: [{ aboveInputTokens: 0, ...rates, output: nanoUsdPerMillion(outputUsd) }],
    contextTokens: null,
  };
}
