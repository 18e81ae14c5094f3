import type { Scenario } from '../scenario.ts';
import { aProcess } from '../targets.ts';

export const serverKilled: Scenario = {
  name: 'server-killed',
  group: 'process',
  does: '`moose up` is killed with SIGKILL at a random moment, and started again',
  lastsMs: [0, 3_000],
  isTransient: true,
  async inject(stage) {
    await stage.processes.kill(aProcess(stage, 'server'));
    return stage.processes.startMissing;
  },
};
