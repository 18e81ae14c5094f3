import { processesBelow } from '../find-processes.ts';
import { sendSignal } from '../moose-processes.ts';
import { nothingToEnd, pickFrom, type Scenario } from '../scenario.ts';

export const launcherKilled: Scenario = {
  name: 'launcher-killed',
  group: 'process',
  does: 'the small process that starts git for Moose is killed with SIGKILL',
  lastsMs: [0, 0],
  isTransient: true,
  async inject({ processes }, round) {
    const all = await processesBelow(processes.living().map(({ pid }) => pid));
    const launchers = all.filter(({ command }) => command.includes('git-launcher-program'));
    sendSignal(pickFrom(launchers, round, 'launcher').pid, 'SIGKILL');
    return nothingToEnd;
  },
};
