// Every point that the pipeline reports: the step boundaries, and before and after every effect.

import { runSteps } from '../../src/domain/transitions.ts';

const boundaries = runSteps.slice(0, -1).flatMap((step) => [`${step}:begin`, `${step}:end`]);
const effects = ['branch', 'worktree', 'push', 'pull_request'].flatMap((kind) => [
  `${kind}:intended`,
  `${kind}:acted`,
]);
const processes = ['agent', 'check'].flatMap((purpose) => [
  `${purpose}:before-start`,
  `${purpose}:started`,
  `${purpose}:ended`,
]);

export const killPoints: readonly string[] = [
  ...boundaries,
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
