import { differentKillPoints } from '../kill-points.ts';
import { signalGroup } from '../moose-processes.ts';
import { nextPoint } from '../next-point.ts';
import { pickFrom, type Scenario } from '../scenario.ts';

export const workerFrozenAtPoint: Scenario = {
  name: 'worker-frozen-at-point',
  group: 'process',
  does: 'a Moose at work freezes at a boundary of a step, or right before or after something that must happen once',
  lastsMs: [1_000, 4_000],
  isTransient: true,
  async inject(stage, round) {
    await nextPoint(stage, pickFrom(differentKillPoints, round, 'point'), 'SIGSTOP');
    return async () => {
      // Only one process is frozen; the signal has no effect on the others.
      for (const { pid } of stage.processes.living()) signalGroup(pid, 'SIGCONT');
    };
  },
};
