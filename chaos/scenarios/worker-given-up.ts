import { signalGroup } from '../moose-processes.ts';
import type { Scenario } from '../scenario.ts';
import { aProcess } from '../targets.ts';

export const workerGivenUp: Scenario = {
  name: 'worker-given-up',
  group: 'process',
  does: '`moose worker` is stopped until others have taken its work, and then comes back',
  lastsMs: [17_000, 21_000],
  isTransient: true,
  async inject(stage) {
    const { pid } = aProcess(stage, 'worker');
    signalGroup(pid, 'SIGSTOP');
    return async () => void signalGroup(pid, 'SIGCONT');
  },
};
