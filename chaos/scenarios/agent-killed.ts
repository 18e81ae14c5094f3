import { nothingToEnd, type Scenario } from '../scenario.ts';
import { signalSession } from '../targets.ts';

export const agentKilled: Scenario = {
  name: 'agent-killed',
  group: 'agent',
  does: 'the coding agent is killed with SIGKILL',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: true,
  agent: 'works',
  async inject(stage, round) {
    await signalSession(stage, round, { purpose: 'agent', signal: 'SIGKILL' });
    return nothingToEnd;
  },
};
