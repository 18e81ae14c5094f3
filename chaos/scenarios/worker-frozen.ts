import { signalGroup } from '../moose-processes.ts';
import type { Scenario } from '../scenario.ts';
import { aProcess } from '../targets.ts';

export const workerFrozen: Scenario = {
  name: 'worker-frozen',
  group: 'process',
  does: '`moose worker` is stopped with SIGSTOP for a while',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject(stage) {
    const { pid } = aProcess(stage, 'worker');
    signalGroup(pid, 'SIGSTOP');
    return async () => void signalGroup(pid, 'SIGCONT');
  },
};
