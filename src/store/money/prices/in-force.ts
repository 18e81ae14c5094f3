// Which of a model's prices holds at a moment.
import type { ModelPrice } from '../../../domain/price.ts';

/** `list`: what Moose comes with. `given`: by whoever runs it. */
export type PriceSource = 'list' | 'given' | 'scripted';

/** A price as it was stated; once it is a row it never changes. */
export interface StatedPrice {
  /** `provider/model`. */
  name: string;
  version: string;
  source: PriceSource;
  /** Null: from when it is stated. */
  from: Date | null;
  /** Null: a price that was given is given no more. */
  steps: ModelPrice['steps'] | null;
  contextTokens: number | null;
}

/**
 * @param prices of one model, in the order in which they were stated
 * Null where there is none. What was given holds before what is listed; of both the last that has begun.
 */
export function inForce<Price extends StatedPrice>(
  prices: readonly Price[],
  at: Date,
): (Price & ModelPrice) | null {
  const hasBegun = ({ from }: Price) => from === null || from <= at;
  const all = prices.filter((one) => one.source !== 'given').filter(hasSteps);
  // None has begun by a clock that is behind the one that dated them.
  const listed = all.findLast(hasBegun) ?? all[0] ?? null;
  const given = prices.findLast((one) => one.source === 'given' && hasBegun(one));
  if (!given || !hasSteps(given)) return listed;
  // Who gives a price need not know how much the model reads.
  return { ...given, contextTokens: given.contextTokens ?? listed?.contextTokens ?? null };
}

function hasSteps<Price extends StatedPrice>(price: Price): price is Price & ModelPrice {
  return price.steps !== null;
}
