// Model prices without a database: the list, the scripted models, and the prices from the settings.
import { type FindPrice, nanoUsdPerMillion, type PriceStep } from '../domain/agents/price.ts';
import type { PriceOfEnv } from '../store/money/model-prices.ts';
import type { StatedPrice } from '../store/money/prices/in-force.ts';
import { findAmong, listedPrices } from '../store/money/prices/listed-prices.ts';

/**
 * The scripted models, weakest first. Nobody is paid; the prices let a newcomer watch the budget at work (R-BASE-5).
 */
export const scriptedModels = {
  light: 'scripted/light',
  standard: 'scripted/standard',
  strong: 'scripted/strong',
} as const;

/** The prices of this edition never change: a different price needs a new edition. */
const scriptedEdition = 'scripted-1';
const scriptedContextTokens = 1_000_000;

/** Moose's built-in prices, as every start writes them to the database. */
export function knownPrices(): StatedPrice[] {
  return [
    ...listedPrices(),
    scriptedPrice(scriptedModels.light, '1', '0.1', '5'),
    scriptedPrice(scriptedModels.standard, '2', '0.2', '10'),
    scriptedPrice(scriptedModels.strong, '5', '0.5', '25'),
  ];
}

/** The prices that the database would return after this process had written its own. */
export function findKnownPrice(given: readonly PriceOfEnv[] = []): FindPrice {
  const stated = given.map(
    (price): StatedPrice => ({ ...price, version: 'given', source: 'given', from: null }),
  );
  return findAmong([...knownPrices(), ...stated]);
}

function scriptedPrice(name: string, inputUsd: string, cacheReadUsd: string, outputUsd: string): StatedPrice {
  const input = nanoUsdPerMillion(inputUsd);
  const step: PriceStep = {
    aboveInputTokens: 0,
    input,
    cacheRead: nanoUsdPerMillion(cacheReadUsd),
    cacheWrite: input,
    cacheWrite1h: input,
    output: nanoUsdPerMillion(outputUsd),
  };
  return {
    name,
    version: scriptedEdition,
    source: 'scripted',
    from: null,
    steps: [step],
    contextTokens: scriptedContextTokens,
  };
}
