import type { NewEvent } from './keep-learner.ts';

/** The columns of an event that only some events have. */
export const noOutcome = {
  kind: null,
  costNanoUsd: null,
  isExplored: false,
  costHint: null,
  parent: null,
  factor: null,
  priceVersion: null,
} satisfies Partial<NewEvent>;
