import { signalGroup } from '../moose-processes.ts';
import type { Scenario } from '../scenario.ts';
import { signalSession } from '../targets.ts';

export const agentFrozen: Scenario = {
  name: 'agent-frozen',
  group: 'agent',
  does: 'the coding agent is stopped with SIGSTOP for a while',
  lastsMs: [1_000, 3_000],
  reach: 'own',
  isTransient: true,
  agent: 'works',
  async inject(stage, round) {
    const group = await signalSession(stage, round, { purpose: 'agent', signal: 'SIGSTOP' });
    return async () => void signalGroup(group, 'SIGCONT');
  },
};
