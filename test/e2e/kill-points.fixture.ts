// Every point that the pipeline reports: the step boundaries, and before and after every effect.

import { runSteps } from '../../src/domain/transitions.ts';

const steps = runSteps.slice(0, -1);
const beginnings = steps.map((step) => `${step}:begin`);
const ends = steps.map((step) => `${step}:end`);
const effects = ['branch', 'worktree', 'push', 'pull_request'].flatMap((kind) => [
  `${kind}:intended`,
  `${kind}:acted`,
]);
const processes = ['agent', 'check'].flatMap((purpose) => [
  `${purpose}:before-start`,
  `${purpose}:started`,
  `${purpose}:ended`,
]);

/** Without the ends of steps: nothing is written between one and the beginning of the next step. */
export const differentKillPoints: readonly string[] = [
  ...beginnings,
  ...effects,
  ...processes,
  'generating:before-call',
  'generating:answered',
  'applying:before-commit',
  'applying:committed',
  'verifying:refined',
  'tracking:begin',
  'tracking:before-commit',
  'tracking:committed',
];

export const killPoints: readonly string[] = [...differentKillPoints, ...ends];
