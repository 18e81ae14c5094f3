import { type ArmState, recordOf } from './arm-state.ts';
import type { LearnerState } from './learner-state.ts';

/** Of a task, an estimate or a value: sums of more would leave the range of numbers. */
export const dollarsMax = 1e9;
/** A price changes by at most this factor at once. */
export const priceFactorMax = 1e6;

/** The estimate by the price list counts as this many tries; so does what takes its place, since single costs scatter. */
const listWeight = 3;
/** An arm's cost over all kinds counts as this many tries on one kind. */
const kindWeight = 5;

/** Dollars per try of an arm on a kind of work. Costs have heavy tails, so they are not clipped, and old ones fade. */
export function expectedCost(state: LearnerState, arm: ArmState, kind: number, unknown: number): number {
  const base = baseCost(arm, unknown);
  const { cost } = recordOf(arm, kind);
  return (cost.sum + kindWeight * base * kindFactor(state, kind)) / (cost.count + kindWeight);
}

/**
 * What an arm costs of which nothing is known: what the others do. Those without an estimate count for less than they cost,
 * because an arm that seems too cheap is tried and found out, and one that seems too dear never is.
 */
export function unknownCost(state: LearnerState): number {
  const known = state.arms
    .filter(({ costHint, cost }) => costHint !== null || cost.count > 0)
    .map((arm) => baseCost(arm, 0))
    .sort((a, b) => a - b);
  return known[known.length >> 1] ?? state.value / 10;
}

function baseCost({ cost, costHint }: ArmState, unknown: number): number {
  return (cost.sum + listWeight * (costHint ?? unknown)) / (cost.count + listWeight);
}

/** Relative to all kinds: else it would take up an error in the estimate of one arm, and put it on every arm. */
function kindFactor({ kindCosts }: LearnerState, kind: number): number {
  const own = kindCosts[kind];
  if (!own || kindCosts.length < 2) return 1;
  let sum = 0;
  let count = 0;
  for (const each of kindCosts) {
    sum += each.sum;
    count += each.count;
  }
  return own.sum / own.count / (sum / count);
}

export function learnCost(
  state: LearnerState,
  arm: ArmState,
  { kind, cost, unknown }: { kind: number; cost: number; unknown: number },
): void {
  const expected = baseCost(arm, unknown);
  // A single try in a hundred dearer ones says nothing of a kind.
  const ratio = expected > 0 ? Math.min(20, cost / expected) : 1;
  const ofKind = state.kindCosts[kind];
  if (ofKind) {
    ofKind.sum += ratio;
    ofKind.count += 1;
  }
  for (const each of [arm.cost, recordOf(arm, kind).cost]) {
    each.sum += cost;
    each.count += 1;
  }
}
