import { NoTarget, type Scenario } from '../scenario.ts';

export const serverKilled: Scenario = {
  name: 'server-killed',
  group: 'process',
  does: '`moose up` is killed with SIGKILL at a random moment, and started again',
  lastsMs: [0, 3_000],
  isTransient: true,
  async inject({ processes }) {
    const one = processes.of('server');
    if (one === null) throw new NoTarget('The server did not run.');
    await processes.kill(one);
    return processes.startMissing;
  },
};
