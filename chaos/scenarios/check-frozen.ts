import { signalGroup } from '../moose-processes.ts';
import type { Scenario } from '../scenario.ts';
import { signalSession } from '../targets.ts';

export const checkFrozen: Scenario = {
  name: 'check-frozen',
  group: 'agent',
  does: 'a running check is stopped with SIGSTOP for a while',
  lastsMs: [1_000, 4_000],
  reach: 'own',
  isTransient: true,
  async inject(stage, round) {
    const group = await signalSession(stage, round, { purpose: 'check', signal: 'SIGSTOP' });
    return async () => void signalGroup(group, 'SIGCONT');
  },
};
