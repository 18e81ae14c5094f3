// What an arm is worth now, and how certain that is. Pure.
import { abilityCount, difficultyCount, difficultyShares, passChances } from './ability.ts';
import type { ArmState } from './arm-state.ts';
import { beliefOf, toShares } from './beliefs.ts';
import { expectedCost, unknownCost } from './costs.ts';
import type { LearnerState } from './learner-state.ts';

export interface ArmWorth {
  /** The probability to pass on a work order of unknown difficulty, with its 95% credible interval. */
  chance: number;
  low: number;
  high: number;
  /** The share of its passes that hold. */
  holds: number;
  costUsd: number;
  trials: number;
}

/** For work of all kinds together. */
const anyKind = -1;

export function armWorth(state: LearnerState, arm: ArmState): ArmWorth {
  const shares = toShares(beliefOf(arm, anyKind));
  const chances = Array.from({ length: abilityCount }, (_, ability) =>
    difficultyShares.reduce(
      (sum, share, difficulty) => sum + share * (passChances[ability * difficultyCount + difficulty] ?? 0),
      0,
    ),
  );
  let below = 0;
  let [low, high] = [chances[0] ?? 0, chances.at(-1) ?? 1];
  for (const [ability, share] of shares.entries()) {
    if (below <= 0.025) low = chances[ability] ?? 0;
    if (below < 0.975) high = chances[ability] ?? 1;
    below += share;
  }
  const mean = chances.reduce((sum, chance, ability) => sum + chance * (shares[ability] ?? 0), 0);
  const kinds = state.kinds.length === 0 ? [0] : [...state.kinds.keys()];
  const costs = kinds.map((kind) => expectedCost(state, arm, kind, unknownCost(state)));
  return {
    chance: mean,
    low,
    high,
    trials: arm.trials,
    holds: arm.held / (arm.held + arm.reverted),
    costUsd: costs.reduce((sum, cost) => sum + cost, 0) / costs.length,
  };
}
