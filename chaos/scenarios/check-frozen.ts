import { signalGroup } from '../moose-processes.ts';
import type { Scenario } from '../scenario.ts';
import { aSession } from '../targets.ts';

export const checkFrozen: Scenario = {
  name: 'check-frozen',
  group: 'agent',
  does: 'a running check is stopped with SIGSTOP for a while',
  lastsMs: [1_000, 4_000],
  isTransient: true,
  async inject(instance, round) {
    const group = await aSession(instance, round, 'check');
    signalGroup(group, 'SIGSTOP');
    return async () => signalGroup(group, 'SIGCONT');
  },
};
