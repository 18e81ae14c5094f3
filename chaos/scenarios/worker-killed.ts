import type { Scenario } from '../scenario.ts';
import { aProcess } from '../targets.ts';

export const workerKilled: Scenario = {
  name: 'worker-killed',
  group: 'process',
  does: '`moose worker` is killed with SIGKILL at a random moment, and started again',
  lastsMs: [0, 3_000],
  isTransient: true,
  async inject(stage) {
    await stage.processes.kill(aProcess(stage, 'worker'));
    return stage.processes.startMissing;
  },
};
