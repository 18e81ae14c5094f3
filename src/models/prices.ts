// What models cost where there is no database to ask: the list, the scripted models, and what is given beside them.
import { type FindPrice, nanoUsdPerMillion, type PriceStep } from '../domain/price.ts';
import type { GivenPrice } from '../store/money/model-prices.ts';
import type { StatedPrice } from '../store/money/prices/in-force.ts';
import { findAmong, listedPrices } from '../store/money/prices/listed-prices.ts';

/** The scripted models, weakest first. Nobody is paid; the prices let a newcomer watch the budget at work (R-BASE-5). */
export const scriptedModels = {
  light: 'scripted/light',
  standard: 'scripted/standard',
  strong: 'scripted/strong',
} as const;

/** Stated once under this name: another price is another edition. */
const scriptedEdition = 'scripted-1';
const scriptedContextTokens = 1_000_000;

/** What Moose comes with, as every start states it to the database. */
export function knownPrices(): StatedPrice[] {
  return [
    ...listedPrices(),
    scriptedPrice(scriptedModels.light, '1', '0.1', '5'),
    scriptedPrice(scriptedModels.standard, '2', '0.2', '10'),
    scriptedPrice(scriptedModels.strong, '5', '0.5', '25'),
  ];
}

/** As the database would answer that this process had stated its prices to. */
export function findKnownPrice(given: readonly GivenPrice[] = []): FindPrice {
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
