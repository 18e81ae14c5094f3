// Finds the exact best order in which to try arms: every plan of up to three tries is evaluated or proven no better.
import { difficultyCount } from './ability.ts';

/** Plans look at most this many tries ahead; each outcome leads to a new plan. */
const aheadMax = 3;

export interface Candidates {
  count: number;
  /** The probability to pass of each arm at each difficulty, at index `arm * difficultyCount + difficulty`. */
  passes: Float64Array;
  /** Dollars that a pass of each arm is worth. */
  worth: Float64Array;
  /** Dollars per try of each arm. */
  costs: Float64Array;
}

interface BestPlan {
  /** -1: no plan is worth more than it costs. */
  first: number;
  value: number;
}

/** The remaining probability of each difficulty, by number of failures, and the most that one more try can gain. */
interface Ground {
  left: readonly [Float64Array, Float64Array, Float64Array];
  most: Float64Array;
}

/** @param difficulties - the probability of each difficulty of this task; sums to 1 */
export function bestPlan(difficulties: Float64Array, candidates: Candidates, tries: number): BestPlan {
  const best: BestPlan = { first: -1, value: 0 };
  const ground: Ground = {
    left: [difficulties, new Float64Array(difficultyCount), new Float64Array(difficultyCount)],
    most: mostPerTry(candidates),
  };
  const depth = Math.min(tries, aheadMax);
  for (let a = 0; a < candidates.count; a += 1) {
    let value = gainOf(candidates, a, difficulties, 1);
    if (depth > 1) {
      const mass = fail(candidates, a, difficulties, ground.left[1]);
      if (value + (depth - 1) * product(ground.left[1], ground.most) <= best.value) continue;
      value += bestRest(candidates, ground, { depth, mass, first: a });
    }
    if (value > best.value) {
      best.first = a;
      best.value = value;
    }
  }
  return best;
}

function bestRest(
  candidates: Candidates,
  { left: [, one, two], most }: Ground,
  { depth, mass, first }: { depth: number; mass: number; first: number },
): number {
  let best = 0;
  for (let b = 0; b < candidates.count; b += 1) {
    if (b === first) continue;
    const second = gainOf(candidates, b, one, mass);
    let third = 0;
    if (depth > 2) {
      const remaining = fail(candidates, b, one, two);
      if (second + product(two, most) <= best) continue;
      for (let c = 0; c < candidates.count; c += 1) {
        if (c === first || c === b) continue;
        third = Math.max(third, gainOf(candidates, c, two, remaining));
      }
    }
    best = Math.max(best, second + third);
  }
  return best;
}

/** The gain of the best arm at each difficulty, if the difficulty were known. */
function mostPerTry({ count, passes, worth, costs }: Candidates): Float64Array {
  const most = new Float64Array(difficultyCount);
  for (let arm = 0; arm < count; arm += 1) {
    for (let d = 0; d < difficultyCount; d += 1) {
      const gain = (worth[arm] ?? 0) * (passes[arm * difficultyCount + d] ?? 0) - (costs[arm] ?? 0);
      if (gain > (most[d] ?? 0)) most[d] = gain;
    }
  }
  return most;
}

/** The expected gain of a try; `mass` is the probability that the plan gets to it. */
function gainOf(
  { passes, worth, costs }: Candidates,
  arm: number,
  difficulties: Float64Array,
  mass: number,
): number {
  let passing = 0;
  const from = arm * difficultyCount;
  for (let d = 0; d < difficultyCount; d += 1) passing += (difficulties[d] ?? 0) * (passes[from + d] ?? 0);
  return (worth[arm] ?? 0) * passing - (costs[arm] ?? 0) * mass;
}

/** Writes the remaining probability of each difficulty after the arm has failed, and returns the sum. */
function fail({ passes }: Candidates, arm: number, from: Float64Array, into: Float64Array): number {
  let sum = 0;
  const offset = arm * difficultyCount;
  for (let d = 0; d < difficultyCount; d += 1) {
    const each = (from[d] ?? 0) * (1 - (passes[offset + d] ?? 0));
    into[d] = each;
    sum += each;
  }
  return sum;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < difficultyCount; d += 1) sum += (a[d] ?? 0) * (b[d] ?? 0);
  return sum;
}
