import { setTimeout as timer } from 'node:timers/promises';
import { killPoints } from '../kill-points.ts';
import { pickFrom, type Scenario } from '../scenario.ts';

export const workerKilledAtPoint: Scenario = {
  name: 'worker-killed-at-point',
  group: 'process',
  does: 'a worker kills itself right before or after something that must happen once, while it is alone',
  lastsMs: [3_000, 6_000],
  isTransient: true,
  async inject({ processes }, round) {
    const point = pickFrom(killPoints, round, 'point');
    for (const one of processes.living()) await processes.kill(one);
    const doomed = await processes.start('worker', { MOOSE_DIE_AT: point });
    return async () => {
      // It may be that no work order comes to the point any more.
      await Promise.race([doomed.gone, timer(round.lastsMs, undefined, { ref: false })]);
      if (!doomed.isGone()) await processes.kill(doomed);
      await processes.startMissing();
    };
  },
};
