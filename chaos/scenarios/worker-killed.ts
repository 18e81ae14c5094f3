import { NoTarget, type Scenario } from '../scenario.ts';

export const workerKilled: Scenario = {
  name: 'worker-killed',
  group: 'process',
  does: '`moose worker` is killed with SIGKILL at a random moment, and started again',
  lastsMs: [0, 3_000],
  isTransient: true,
  async inject({ processes }) {
    const one = processes.of('worker');
    if (one === null) throw new NoTarget('The worker did not run.');
    await processes.kill(one);
    return processes.startMissing;
  },
};
