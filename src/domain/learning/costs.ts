import { normal, type Random } from '../../stdx/random.ts';
import { type ArmState, recordOf } from './arm-state.ts';
import type { LearnerState } from './learner-state.ts';

/** The limit for a task, an estimate or a value: sums of larger amounts would overflow. */
export const dollarsMax = 1e9;
/** The maximum factor of a single price change. */
export const priceFactorMax = 1e6;

/** The weight, in tries, of the price list's estimate or of what replaces it, because single costs scatter. */
const listWeight = 3;
/** The weight, in tries, of an arm's cost over all kinds, when its cost for one kind is estimated. */
const kindWeight = 5;

/** Dollars per try of an arm for a kind of work. Costs have heavy tails, so they are not clipped; old costs fade. */
export function expectedCost(state: LearnerState, arm: ArmState, kind: number, unknown: number): number {
  const base = baseCost(arm, unknown);
  const { cost } = recordOf(arm, kind);
  return (cost.sum + kindWeight * base * kindFactor(state, kind)) / (cost.count + kindWeight);
}

/**
 * The cost of an arm without any data: that of the other arms. Arms without an estimate are assumed cheaper than that:
 * an arm that seems too cheap is tried and corrected, but one that seems too expensive is never tried.
 */
export function unknownCost(state: LearnerState): number {
  const known = state.arms
    .filter(({ costHint, cost }) => costHint !== null || cost.count > 0)
    .map((arm) => baseCost(arm, 0))
    .sort((a, b) => a - b);
  return known[known.length >> 1] ?? state.value / 10;
}

/** How uncertain the logarithm of a cost is: the price list may be wrong by a factor of 1.6. */
const listSpread = 0.5;
const trySpread = 1;

/** A random cost around the expected one. More tries and a higher sharpness bring it closer to the expected cost. */
export function guessCost(
  { cost: { count } }: ArmState,
  { expected, sharpness, random }: { expected: number; sharpness: number; random: Random },
): number {
  const variance = 1 / (1 / listSpread ** 2 + count / trySpread ** 2) / sharpness;
  return expected * Math.exp(Math.sqrt(variance) * normal(random) - variance / 2);
}

function baseCost({ cost, costHint }: ArmState, unknown: number): number {
  return (cost.sum + listWeight * (costHint ?? unknown)) / (cost.count + listWeight);
}

/** Relative to all kinds; otherwise an error in one arm's estimate would affect every arm. */
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
  // Limits the influence of a single, far more expensive try on its kind of work.
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
