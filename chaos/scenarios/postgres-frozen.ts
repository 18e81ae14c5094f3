import { postmasterOf, processesBelow } from '../find-processes.ts';
import { sendSignal } from '../moose-processes.ts';
import { NoTarget, type Scenario } from '../scenario.ts';

export const postgresFrozen: Scenario = {
  name: 'postgres-frozen',
  group: 'database',
  does: 'all processes of PostgreSQL are stopped with SIGSTOP for a while',
  lastsMs: [1_000, 4_000],
  hitsServer: true,
  isTransient: true,
  async inject({ dataDirectory }) {
    const postmaster = await postmasterOf(dataDirectory);
    if (postmaster === null) throw new NoTarget('PostgreSQL did not run.');
    const all = await processesBelow([postmaster]);
    for (const { pid } of all) sendSignal(pid, 'SIGSTOP');
    return async () => {
      for (const { pid } of all) sendSignal(pid, 'SIGCONT');
    };
  },
};
