import { gatewaysOf, postmasterOf, processesBelow, sessionProcessesOf } from '../find-processes.ts';
import { sendSignal } from '../moose-processes.ts';
import { NoTarget, type Scenario } from '../scenario.ts';

export const machineAsleep: Scenario = {
  name: 'machine-asleep',
  group: 'machine',
  does: 'every process of Moose, its database, its gateway, its agents and its checks is stopped at once, as when a laptop sleeps',
  lastsMs: [5_000, 20_000],
  hitsServer: true,
  isTransient: true,
  async inject({ root, dataDirectory, processes }) {
    const postmaster = await postmasterOf(dataDirectory);
    if (postmaster === null) throw new NoTarget('PostgreSQL did not run.');
    const own = [...processes.living().map(({ pid }) => pid), postmaster, ...(await gatewaysOf(root))];
    const sessions = (await sessionProcessesOf(root)).map(({ pid }) => pid);
    const all = await processesBelow([...own, ...sessions]);
    for (const { pid } of all) sendSignal(pid, 'SIGSTOP');
    return async () => {
      for (const { pid } of all) sendSignal(pid, 'SIGCONT');
    };
  },
};
