import { differentKillPoints } from '../kill-points.ts';
import { nextPoint } from '../next-point.ts';
import { pickFrom, type Scenario } from '../scenario.ts';

export const workerKilledAtPoint: Scenario = {
  name: 'worker-killed-at-point',
  group: 'process',
  does: 'a Moose at work kills itself at a boundary of a step, or right before or after something that must happen once',
  lastsMs: [0, 1_000],
  isTransient: true,
  async inject(stage, round) {
    await nextPoint(stage, pickFrom(differentKillPoints, round, 'point'), 'SIGKILL');
    return stage.processes.startMissing;
  },
};
