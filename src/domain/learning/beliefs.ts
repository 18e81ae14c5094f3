import { abilityCount, abilityPrior, difficultyCount, passChances } from './ability.ts';
import type { ArmState } from './arm-state.ts';

/** Outcomes of other kinds of work together count as at most this many. */
const borrowedMax = 10;

/** The logarithm of the belief in each ability of an arm on a kind of work; not normalised. */
export function beliefOf(arm: ArmState, kind: number): Float64Array {
  const belief = Float64Array.from(abilityPrior);
  let others = 0;
  for (const [each, { count }] of arm.kinds.entries()) if (each !== kind) others += count;
  const borrowed = others > borrowedMax ? borrowedMax / others : 1;
  for (const [each, { likelihood }] of arm.kinds.entries()) {
    const weight = each === kind ? 1 : borrowed;
    for (let a = 0; a < abilityCount; a += 1) belief[a] = (belief[a] ?? 0) + weight * (likelihood[a] ?? 0);
  }
  return belief;
}

/** Turns logarithms into probabilities that sum to 1, in place. A sharpness above 1 favours likely values. */
export function toShares(logs: Float64Array, sharpness = 1): Float64Array {
  let top = Number.NEGATIVE_INFINITY;
  for (const each of logs) if (each > top) top = each;
  let sum = 0;
  for (let index = 0; index < logs.length; index += 1) {
    const share = Math.exp(sharpness * ((logs[index] ?? 0) - top));
    logs[index] = share;
    sum += share;
  }
  for (let index = 0; index < logs.length; index += 1) logs[index] = (logs[index] ?? 0) / sum;
  return logs;
}

/** The expected chance to pass at each difficulty. */
export function expectedPasses(arm: ArmState, kind: number): number[] {
  const shares = toShares(beliefOf(arm, kind));
  const expected = new Array<number>(difficultyCount).fill(0);
  for (let a = 0; a < abilityCount; a += 1) {
    const share = shares[a] ?? 0;
    for (let d = 0; d < difficultyCount; d += 1)
      expected[d] = (expected[d] ?? 0) + share * (passChances[a * difficultyCount + d] ?? 0);
  }
  return expected;
}

/** The logarithm of each ability's likelihood, given an outcome on a task with these probabilities of difficulties. */
export function likelihoodOf(passed: boolean, difficulties: readonly number[]): number[] {
  return Array.from({ length: abilityCount }, (_, a) => {
    let chance = 0;
    for (let d = 0; d < difficultyCount; d += 1)
      chance += (difficulties[d] ?? 0) * (passChances[a * difficultyCount + d] ?? 0);
    return Math.log(Math.max(1e-9, passed ? chance : 1 - chance));
  });
}
