import { difficultyCount, difficultyShares } from './ability.ts';
import type { ArmState } from './arm-state.ts';

/** All that the learner knows, as JSON. */
export interface LearnerState {
  version: 1;
  /** Dollars that a finished task is worth. */
  value: number;
  tasksSeen: number;
  /** Kinds of work, by index; the last one stands for all others. */
  kinds: string[];
  arms: ArmState[];
  /** For each kind: actual costs relative to the expected costs of their arms. */
  kindCosts: { sum: number; count: number }[];
}

export interface Tried {
  arm: string;
  passed: boolean;
  /** How likely this outcome was at each difficulty. */
  chances: number[];
  /** What was added to the arm's likelihood. */
  added: number[];
}

/** A task that is under way, as JSON. */
export interface OpenTask {
  kind: number;
  tried: Tried[];
}

export function createLearnerState(value: number): LearnerState {
  return { version: 1, value, tasksSeen: 0, kinds: [], arms: [], kindCosts: [] };
}

const kindsMax = 12;

/** Kinds are few and coarse: all kinds beyond the limit share one index. */
export function kindIndex(state: LearnerState, kind: string): number {
  const known = state.kinds.indexOf(kind);
  if (known >= 0) return known;
  if (state.kinds.length >= kindsMax) return kindsMax - 1;
  state.kinds.push(kind);
  state.kindCosts.push({ sum: 4, count: 4 });
  return state.kinds.length - 1;
}

/** The probability of each difficulty after these tries; one of them can be left out. */
export function difficultiesOf(task: OpenTask, without?: Tried): number[] {
  const shares = [...difficultyShares];
  for (const each of task.tried) {
    if (each === without) continue;
    for (let d = 0; d < difficultyCount; d += 1) shares[d] = (shares[d] ?? 0) * (each.chances[d] ?? 1);
  }
  const sum = shares.reduce((total, each) => total + each, 0);
  return shares.map((each) => each / sum);
}
