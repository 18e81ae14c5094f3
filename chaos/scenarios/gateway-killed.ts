import { gatewaysOf } from '../find-processes.ts';
import { sendSignal } from '../moose-processes.ts';
import { nothingToEnd, pickFrom, type Scenario } from '../scenario.ts';

export const gatewayKilled: Scenario = {
  name: 'gateway-killed',
  group: 'process',
  does: 'the gateway through which all model calls go is killed with SIGKILL',
  lastsMs: [0, 0],
  isTransient: true,
  async inject({ root }, round) {
    sendSignal(pickFrom(await gatewaysOf(root), round, 'gateway'), 'SIGKILL');
    return nothingToEnd;
  },
};
