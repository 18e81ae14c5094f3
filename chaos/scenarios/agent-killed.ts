import { signalGroup } from '../moose-processes.ts';
import { nothingToEnd, type Scenario } from '../scenario.ts';
import { aSession } from '../targets.ts';

export const agentKilled: Scenario = {
  name: 'agent-killed',
  group: 'agent',
  does: 'the coding agent is killed with SIGKILL',
  lastsMs: [0, 0],
  isTransient: true,
  agent: 'works',
  async inject(instance, round) {
    signalGroup(await aSession(instance, round, 'agent'), 'SIGKILL');
    return nothingToEnd;
  },
};
