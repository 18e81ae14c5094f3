// Which of a model's prices applies at a moment.
import type { ModelPrice } from '../../../domain/agents/price.ts';

/** `list`: built into Moose. `given`: set by whoever runs it. */
export type PriceSource = 'list' | 'given' | 'scripted';

/** A price of a model; once it is stored, it never changes. */
export interface StatedPrice {
  /** `provider/model`. */
  name: string;
  version: string;
  source: PriceSource;
  /** Null if the price applies from the moment when it is added. */
  from: Date | null;
  /** Null if the price was removed. */
  steps: ModelPrice['steps'] | null;
  contextTokens: number | null;
}

/**
 * The price that applies at a moment. A price that a person set takes precedence over a listed one; if there are several, the
 * last one that has begun applies. Null if there is none.
 * @param prices of one model, in the order in which they were added
 */
export function inForce<Price extends StatedPrice>(
  prices: readonly Price[],
  at: Date,
): (Price & ModelPrice) | null {
  const hasBegun = ({ from }: Price) => from === null || from <= at;
  const all = prices.filter((one) => one.source !== 'given').filter(hasSteps);
  // If no price has begun, because this machine's clock is behind, the first one applies.
  const listed = all.findLast(hasBegun) ?? all[0] ?? null;
  const given = prices.findLast((one) => one.source === 'given' && hasBegun(one));
  if (!given || !hasSteps(given)) return listed;
  // A person who sets a price need not know the model's context size.
  return { ...given, contextTokens: given.contextTokens ?? listed?.contextTokens ?? null };
}

function hasSteps<Price extends StatedPrice>(price: Price): price is Price & ModelPrice {
  return price.steps !== null;
}
