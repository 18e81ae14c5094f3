import { signalGroup } from '../moose-processes.ts';
import { nothingToEnd, type Scenario } from '../scenario.ts';
import { aSession } from '../targets.ts';

export const checkKilled: Scenario = {
  name: 'check-killed',
  group: 'agent',
  does: 'a running check is killed with SIGKILL',
  lastsMs: [0, 0],
  isTransient: true,
  async inject(instance, round) {
    signalGroup(await aSession(instance, round, 'check'), 'SIGKILL');
    return nothingToEnd;
  },
};
