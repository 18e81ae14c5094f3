// The best order in which to try arms, exactly: every plan of up to three tries is valued.
import { difficultyCount } from './ability.ts';

/** Plans look at most this many tries ahead; after each outcome there is a new plan. */
export const aheadMax = 3;

export interface Candidates {
  count: number;
  /** The chance to pass of each arm at each difficulty, at `arm * difficultyCount + difficulty`. */
  passes: Float64Array;
  /** Dollars that a pass of each arm is worth. */
  worth: Float64Array;
  /** Dollars of a try of each arm. */
  costs: Float64Array;
}

export interface BestPlan {
  /** -1: no plan is worth more than it costs. */
  first: number;
  value: number;
}

/** @param difficulties - how likely each difficulty of this task is; sums to 1 */
export function bestPlan(difficulties: Float64Array, candidates: Candidates, tries: number): BestPlan {
  const best: BestPlan = { first: -1, value: 0 };
  const left = [difficulties, new Float64Array(difficultyCount), new Float64Array(difficultyCount)];
  const { count } = candidates;
  const depth = Math.min(tries, aheadMax);
  for (let a = 0; a < count; a += 1) {
    const first = valueOf(candidates, a, difficulties, 1);
    let rest = 0;
    if (depth > 1) {
      const mass = failed(candidates, a, difficulties, left[1] as Float64Array);
      rest = bestRest(candidates, left, { depth, mass, without: a });
    }
    if (first + rest > best.value) {
      best.first = a;
      best.value = first + rest;
    }
  }
  return best;
}

function bestRest(
  candidates: Candidates,
  left: readonly Float64Array[],
  { depth, mass, without }: { depth: number; mass: number; without: number },
): number {
  const { count } = candidates;
  const [, one = new Float64Array(0), two = new Float64Array(0)] = left;
  let best = 0;
  for (let b = 0; b < count; b += 1) {
    if (b === without) continue;
    const second = valueOf(candidates, b, one, mass);
    let third = 0;
    if (depth > 2) {
      const remaining = failed(candidates, b, one, two);
      for (let c = 0; c < count; c += 1) {
        if (c === without || c === b) continue;
        const value = valueOf(candidates, c, two, remaining);
        if (value > third) third = value;
      }
    }
    if (second + third > best) best = second + third;
  }
  return best;
}

/** What a try brings, times the chance that it comes to it. */
function valueOf(
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

/** Writes what is left of each difficulty after the arm has failed, and returns the sum. */
function failed({ passes }: Candidates, arm: number, from: Float64Array, into: Float64Array): number {
  let sum = 0;
  const offset = arm * difficultyCount;
  for (let d = 0; d < difficultyCount; d += 1) {
    const each = (from[d] ?? 0) * (1 - (passes[offset + d] ?? 0));
    into[d] = each;
    sum += each;
  }
  return sum;
}
