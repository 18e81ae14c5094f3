import { signalGroup } from '../moose-processes.ts';
import { NoTarget, type Scenario } from '../scenario.ts';

export const workerFrozen: Scenario = {
  name: 'worker-frozen',
  group: 'process',
  does: '`moose worker` is stopped with SIGSTOP for a while',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject({ processes }) {
    const one = processes.of('worker');
    if (one === null) throw new NoTarget('The worker did not run.');
    signalGroup(one.pid, 'SIGSTOP');
    return async () => signalGroup(one.pid, 'SIGCONT');
  },
};
