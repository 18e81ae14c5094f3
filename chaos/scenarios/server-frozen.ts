import { signalGroup } from '../moose-processes.ts';
import { NoTarget, type Scenario } from '../scenario.ts';

export const serverFrozen: Scenario = {
  name: 'server-frozen',
  group: 'process',
  does: '`moose up` is stopped with SIGSTOP for a while',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject({ processes }) {
    const one = processes.of('server');
    if (one === null) throw new NoTarget('The server did not run.');
    signalGroup(one.pid, 'SIGSTOP');
    return async () => signalGroup(one.pid, 'SIGCONT');
  },
};
