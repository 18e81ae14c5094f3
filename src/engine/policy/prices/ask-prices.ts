// What interfaces can read about prices.

import type { ConfigurationError } from '../../../domain/failure.ts';
import { nearNames } from '../../../domain/text/near-names.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { type KeptPrice, keptPrices } from '../../../store/money/model-prices.ts';
import { inForce } from '../../../store/money/prices/in-force.ts';
import { type RecomputedCosts, recomputeCosts } from '../../../store/money/recompute-costs.ts';
import { priceFailures } from './failure-catalogue.ts';

export interface PriceAnswer extends KeptPrice {
  isInForce: boolean;
}

export function askPrices({ database, clock }: { database: Database; clock: Clock }) {
  return {
    /**
     * The prices in effect, or with `all` every version ever set, by name and in order of time.
     * @throws ConfigurationError `PRICE_UNKNOWN`
     */
    prices: async (asked: { name?: string | undefined; all?: boolean } = {}): Promise<PriceAnswer[]> => {
      const kept = await database.run((query) => keptPrices(query));
      const byName = Map.groupBy(kept, ({ name }) => name);
      if (asked.name !== undefined && !byName.has(asked.name)) throw unknown(asked.name, [...byName.keys()]);
      const names = asked.name === undefined ? [...byName.keys()].sort() : [asked.name];
      return names.flatMap((name) => answers(byName.get(name) ?? [], clock.now(), asked.all === true));
    },
    /** Prices every settled call again, with the price version that it was booked at. */
    recomputeCosts: (signal?: AbortSignal): Promise<RecomputedCosts> => recomputeCosts(database, signal),
  };
}

function answers(prices: readonly KeptPrice[], now: Date, all: boolean): PriceAnswer[] {
  const version = inForce(prices, now)?.version;
  return prices
    .map((price) => ({ ...price, isInForce: price.version === version }))
    .filter(({ isInForce }) => all || isInForce);
}

function unknown(name: string, names: readonly string[]): ConfigurationError {
  const near = nearNames(name, names);
  return near.length > 0
    ? priceFailures.PRICE_UNKNOWN('look up', { name: JSON.stringify(name), near: near.join(' or ') })
    : priceFailures.PRICE_UNKNOWN_LIST('look up', { name: JSON.stringify(name) });
}
