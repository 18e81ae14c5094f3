import { signalGroup } from '../moose-processes.ts';
import type { Scenario } from '../scenario.ts';
import { aProcess } from '../targets.ts';

export const serverFrozen: Scenario = {
  name: 'server-frozen',
  group: 'process',
  does: '`moose up` is stopped with SIGSTOP for a while',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject(stage) {
    const { pid } = aProcess(stage, 'server');
    signalGroup(pid, 'SIGSTOP');
    return async () => void signalGroup(pid, 'SIGCONT');
  },
};
