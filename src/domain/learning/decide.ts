// Chooses the next arm: Thompson sampling over whole plans, with a small share of exploration.
import type { Random } from '../../stdx/random.ts';
import { abilityCount, difficultyCount, passChances, strongAbility } from './ability.ts';
import type { ArmState } from './arm-state.ts';
import { beliefOf, toShares } from './beliefs.ts';
import { expectedCost, guessCost, unknownCost } from './costs.ts';
import { difficultiesOf, type LearnerState, type OpenTask } from './learner-state.ts';
import { bestPlan, type Candidates } from './plan.ts';

export const stopping = '-';

/** Sampled beliefs per decision; the propensities are the shares in which each arm comes first in the best plan. */
const draws = 64;
/**
 * Above 1, it explores less than Thompson sampling, which is made for longer streams. Expensive tries are explored
 * less: an arm that costs as much as a task is worth is sampled nine times as sharply as a free one.
 */
const sharpness = 4;
const sharpnessOfPrice = 8;
/**
 * For the choice to decline a task. It needs more certainty: no outcome can correct a declined task. So costs are
 * sampled too; otherwise an arm with an overestimated cost is never tried, as long as it seems worth it at all.
 */
const decliningSharpness = 2;
/** This share of the decisions is random, weighted by price, so that other policies can be evaluated from the log. */
const exploredShare = 0.02;
/** The exploration is reduced if it would cost more than this share of the value per decision. */
const exploredCostShare = 0.002;
/** The number of first tries that assume a strong arm, if together they cost at most this share of the value. */
const optimisticTrials = 2;
const optimisticShare = 0.25;
/** Planning time grows with the cube of the number of arms, so only the most promising arms are planned with. */
const candidatesMax = 10;
const strongestKept = 4;

export interface Choice {
  /** Null: no arm is worth its cost. */
  arm: string | null;
  /** The probability of each available arm, and of `stopping`; sums to 1. */
  propensities: Record<string, number>;
}

export interface Asked {
  tries: number;
  random: Random;
  /** False: no arm is chosen for exploration only. */
  mayExplore?: boolean;
}

export function decide(
  state: LearnerState,
  task: OpenTask,
  { offer, tries, random, mayExplore = true }: Asked & { offer: readonly ArmState[] },
): Choice {
  const unknown = unknownCost(state);
  const costs = offer.map((arm) => expectedCost(state, arm, task.kind, unknown));
  const counts = new Float64Array(offer.length + 1);
  if (offer.length > 0 && tries > 0) countDraws(state, task, { offer, tries, random, costs, counts });
  else counts[offer.length] = draws;
  const shares = withExploration(counts, costs, mayExplore ? state.value : -1);
  const chosen = draw(shares, random());
  const propensities: Record<string, number> = Object.create(null);
  for (const [index, share] of shares.entries()) propensities[offer[index]?.arm ?? stopping] = share;
  return { arm: offer[chosen]?.arm ?? null, propensities };
}

function countDraws(
  state: LearnerState,
  task: OpenTask,
  given: {
    offer: readonly ArmState[];
    tries: number;
    random: Random;
    costs: readonly number[];
    counts: Float64Array;
  },
): void {
  const { offer, tries, random, costs, counts } = given;
  const beliefs = offer.map((arm) => beliefOf(arm, task.kind));
  const sums = beliefs.map((belief, index) => {
    const price = Math.min(1, (costs[index] ?? 0) / state.value);
    return cumulated(belief, sharpness * (1 + sharpnessOfPrice * price));
  });
  let wide: Float64Array[] | null = null;
  const difficulties = Float64Array.from(difficultiesOf(task));
  const isOptimistic = offer.map(
    ({ trials }, index) =>
      trials < optimisticTrials && (trials + 1) * (costs[index] ?? 0) <= state.value * optimisticShare,
  );
  const worth = offer.map(({ held, reverted }) => (state.value * held) / (held + reverted));
  const size = Math.min(offer.length, candidatesMax);
  const candidates: Candidates = {
    count: size,
    passes: new Float64Array(size * difficultyCount),
    worth: new Float64Array(size),
    costs: new Float64Array(size),
  };
  const sampled = new Int32Array(offer.length);
  const firstOfPlan = (from: readonly Float64Array[], prices: readonly number[]) => {
    for (let index = 0; index < offer.length; index += 1) {
      const ability = find(from[index] as Float64Array, random());
      sampled[index] = isOptimistic[index] ? Math.max(ability, strongAbility) : ability;
    }
    const kept = keep(sampled, prices, size);
    for (let slot = 0; slot < size; slot += 1) {
      const index = kept[slot] ?? 0;
      const row = (sampled[index] ?? 0) * difficultyCount;
      candidates.passes.set(passChances.subarray(row, row + difficultyCount), slot * difficultyCount);
      candidates.worth[slot] = worth[index] ?? 0;
      candidates.costs[slot] = prices[index] ?? 0;
    }
    const best = bestPlan(difficulties, candidates, tries);
    return best.first < 0 ? offer.length : (kept[best.first] ?? 0);
  };
  const guess = (expected: number, index: number) =>
    expected > state.value
      ? expected
      : guessCost(offer[index] as ArmState, { expected, sharpness: decliningSharpness, random });
  for (let round = 0; round < draws; round += 1) {
    let at = firstOfPlan(sums, costs);
    if (at === offer.length && task.tried.length === 0) {
      wide ??= beliefs.map((belief) => cumulated(belief, decliningSharpness));
      at = firstOfPlan(wide, costs.map(guess));
    }
    counts[at] = (counts[at] ?? 0) + 1;
  }
}

/** Keeps the arms with the highest chance per dollar, and some of the strongest. */
function keep(sampled: Int32Array, costs: readonly number[], size: number): number[] {
  if (sampled.length <= size) return [...sampled.keys()];
  const middle = difficultyCount >> 1;
  const score = (index: number) =>
    (passChances[(sampled[index] ?? 0) * difficultyCount + middle] ?? 0) / Math.max(1e-9, costs[index] ?? 0);
  const strength = (index: number) => sampled[index] ?? 0;
  const strongest = top(sampled.length, strength, strongestKept);
  const kept = new Set([...strongest, ...top(sampled.length, score, size)]);
  return [...kept].slice(0, size);
}

/** The indexes with the highest scores. */
function top(count: number, score: (index: number) => number, size: number): number[] {
  const best: { index: number; score: number }[] = [];
  for (let index = 0; index < count; index += 1) {
    const own = score(index);
    if (best.length === size && own <= (best.at(-1)?.score ?? 0)) continue;
    const at = best.findIndex((each) => each.score < own);
    best.splice(at < 0 ? best.length : at, 0, { index, score: own });
    if (best.length > size) best.pop();
  }
  return best.map(({ index }) => index);
}

function withExploration(counts: Float64Array, costs: readonly number[], value: number): Float64Array {
  const affordable = costs.filter((cost) => cost <= value);
  const dearest = affordable.reduce((most, cost) => Math.max(most, cost), 0);
  const weight = (cost: number) => (cost > value ? 0 : 1 / Math.max(cost, dearest / 100, 1e-9));
  const total = affordable.reduce((sum, cost) => sum + weight(cost), 0);
  const spent = affordable.reduce((sum, cost) => sum + weight(cost) * cost, 0);
  const explored = total > 0 ? Math.min(exploredShare, (exploredCostShare * value * total) / spent) : 0;
  return counts.map(
    (count, index) =>
      ((1 - explored) * count) / draws +
      (index < costs.length && total > 0 ? (explored * weight(costs[index] ?? 0)) / total : 0),
  );
}

function cumulated(belief: Float64Array, sharpness: number): Float64Array {
  const shares = toShares(Float64Array.from(belief), sharpness);
  let sum = 0;
  for (let a = 0; a < abilityCount; a += 1) {
    sum += shares[a] ?? 0;
    shares[a] = sum;
  }
  return shares;
}

function find(sums: Float64Array, at: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function draw(shares: Float64Array, at: number): number {
  let sum = 0;
  let last = 0;
  for (const [index, share] of shares.entries()) {
    if (share <= 0) continue;
    last = index;
    sum += share;
    if (at < sum) return index;
  }
  return last;
}
