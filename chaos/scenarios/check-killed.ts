import { nothingToEnd, type Scenario } from '../scenario.ts';
import { signalSession } from '../targets.ts';

export const checkKilled: Scenario = {
  name: 'check-killed',
  group: 'agent',
  does: 'a running check is killed with SIGKILL',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: true,
  async inject(stage, round) {
    await signalSession(stage, round, { purpose: 'check', signal: 'SIGKILL' });
    return nothingToEnd;
  },
};
