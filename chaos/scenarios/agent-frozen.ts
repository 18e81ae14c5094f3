import { signalGroup } from '../moose-processes.ts';
import type { Scenario } from '../scenario.ts';
import { aSession } from '../targets.ts';

export const agentFrozen: Scenario = {
  name: 'agent-frozen',
  group: 'agent',
  does: 'the coding agent is stopped with SIGSTOP for a while',
  lastsMs: [1_000, 3_000],
  isTransient: true,
  agent: 'works',
  async inject(instance, round) {
    const group = await aSession(instance, round, 'agent');
    signalGroup(group, 'SIGSTOP');
    return async () => signalGroup(group, 'SIGCONT');
  },
};
