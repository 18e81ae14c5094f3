// What a try with an arm is expected to bring. Decisions use it, so it can be compared with real outcomes. Pure.
import type { ArmState } from './arm-state.ts';
import { expectedPasses } from './beliefs.ts';
import { expectedCost, unknownCost } from './costs.ts';
import { difficultiesOf, type LearnerState, type OpenTask } from './learner-state.ts';

export interface Expected {
  /** The probability that it passes and that the pass is not reverted. */
  chance: number;
  costUsd: number;
}

/** The expectation for each of these arms, by name. */
export function expectArms(
  state: LearnerState,
  task: OpenTask,
  arms: readonly ArmState[],
): Map<string, Expected> {
  const difficulties = difficultiesOf(task);
  const unknown = unknownCost(state);
  return new Map(
    arms.map((arm) => {
      const passes = expectedPasses(arm, task.kind);
      const chance = difficulties.reduce((sum, share, at) => sum + share * (passes[at] ?? 0), 0);
      const costUsd = expectedCost(state, arm, task.kind, unknown);
      return [arm.arm, { chance: (chance * arm.held) / (arm.held + arm.reverted), costUsd }];
    }),
  );
}
