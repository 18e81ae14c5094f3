import { type ModelPrice, nanoUsdPerMillion } from '../domain/agents/price.ts';

/** A price with one step, in dollars per million tokens; cached input costs the same as other input. */
export function flatPrice(inputUsd: string, outputUsd: string): ModelPrice {
  const input = nanoUsdPerMillion(inputUsd);
  const rates = { input, cacheRead: input, cacheWrite: input, cacheWrite1h: input };
  return {
    version: 'fixed',
    steps: [{ aboveInputTokens: 0, ...rates, output: nanoUsdPerMillion(outputUsd) }],
    contextTokens: null,
  };
}
