import { gatewaysOf } from '../find-processes.ts';
import { sendSignal } from '../moose-processes.ts';
import { pickFrom, type Scenario } from '../scenario.ts';

export const gatewayFrozen: Scenario = {
  name: 'gateway-frozen',
  group: 'process',
  does: 'the gateway through which all model calls go is stopped with SIGSTOP, for a while or until Moose replaces it',
  lastsMs: [1_000, 45_000],
  isTransient: true,
  async inject({ root }, round) {
    const pid = pickFrom(await gatewaysOf(root), round, 'gateway');
    sendSignal(pid, 'SIGSTOP');
    return async () => void sendSignal(pid, 'SIGCONT');
  },
};
