// Every point that each work order passes: the boundaries of its steps, and before and after each effect that must
// happen once. `MOOSE_DIE_AT` kills a process there.
import { runSteps } from '../src/domain/transitions.ts';

const steps = runSteps.slice(0, -1);
const beginnings = steps.map((step) => `${step}:begin`);
const effects = ['branch', 'worktree', 'push', 'pull_request'].flatMap((kind) => [
  `${kind}:intended`,
  `${kind}:acted`,
]);
const sessions = ['agent', 'check'].flatMap((purpose) => [
  `${purpose}:before-start`,
  `${purpose}:started`,
  `${purpose}:ended`,
]);

/** Leaves out the ends of steps: nothing is written between the end of a step and the start of the next one. */
export const differentKillPoints: readonly string[] = [
  ...beginnings,
  ...effects,
  ...sessions,
  'generating:before-call',
  'generating:answered',
  'applying:before-commit',
  'applying:committed',
  'verifying:refined',
  'tracking:begin',
  'tracking:before-commit',
  'tracking:committed',
];
