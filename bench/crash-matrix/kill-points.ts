// Every point at which a crash can make a difference, including the ends of steps.
import { differentKillPoints } from '../../chaos/kill-points.ts';
import { runSteps } from '../../src/domain/transitions.ts';

const ends = runSteps.slice(0, -1).map((step) => `${step}:end`);

export const killPoints: readonly string[] = [...differentKillPoints, ...ends];
