// Moose's built-in prices, as they are written to the database, or used without one.
import {
  type FindPrice,
  type ModelPrice,
  nanoUsdPerMillion,
  type PriceStep,
} from '../../../domain/agents/price.ts';
import { inForce, type StatedPrice } from './in-force.ts';
import { type ListedStep, priceListFile } from './price-list-file.ts';

export function listedPrices(): StatedPrice[] {
  const { edition, models } = priceListFile();
  return models.flatMap(({ provider, names, contextTokens, prices }) => {
    const dated = prices.map(({ from, steps }) => ({
      version: from === null ? edition : `${edition}@${from.slice(0, 10)}`,
      source: 'list' as const,
      from: from === null ? null : new Date(from),
      steps: stepsOf(steps),
      contextTokens,
    }));
    return names.flatMap((name) => dated.map((price) => ({ name: `${provider}/${name}`, ...price })));
  });
}

function stepsOf(listed: readonly ListedStep[]): ModelPrice['steps'] {
  const [first, ...rest] = listed.map(
    ({ aboveInputTokens, input, cacheRead, cacheWrite, cacheWrite1h, output }): PriceStep => ({
      aboveInputTokens,
      input: nanoUsdPerMillion(input),
      cacheRead: nanoUsdPerMillion(cacheRead),
      cacheWrite: nanoUsdPerMillion(cacheWrite),
      cacheWrite1h: nanoUsdPerMillion(cacheWrite1h),
      output: nanoUsdPerMillion(output),
    }),
  );
  if (!first) throw new TypeError('A listed price has no step');
  return [first, ...rest];
}

/** Finds prices without a database. For each model, a later price comes after an earlier one. */
export function findAmong(prices: readonly StatedPrice[], now: () => Date = () => new Date()): FindPrice {
  const byName = Map.groupBy(prices, ({ name }) => name);
  return (name) => inForce(byName.get(name) ?? [], now());
}
