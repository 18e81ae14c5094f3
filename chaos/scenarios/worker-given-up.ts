import { signalGroup } from '../moose-processes.ts';
import { NoTarget, type Scenario } from '../scenario.ts';

export const workerGivenUp: Scenario = {
  name: 'worker-given-up',
  group: 'process',
  does: '`moose worker` is stopped until others have taken its work, and then comes back',
  lastsMs: [17_000, 21_000],
  isTransient: true,
  async inject({ processes }) {
    const one = processes.of('worker');
    if (one === null) throw new NoTarget('The worker did not run.');
    signalGroup(one.pid, 'SIGSTOP');
    return async () => signalGroup(one.pid, 'SIGCONT');
  },
};
