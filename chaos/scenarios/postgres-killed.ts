import { postmasterOf } from '../find-processes.ts';
import { sendSignal } from '../moose-processes.ts';
import { NoTarget, nothingToEnd, type Scenario } from '../scenario.ts';

export const postgresKilled: Scenario = {
  name: 'postgres-killed',
  group: 'database',
  does: 'PostgreSQL is killed with SIGKILL',
  lastsMs: [0, 0],
  hitsServer: true,
  isTransient: true,
  async inject({ dataDirectory }) {
    const pid = await postmasterOf(dataDirectory);
    if (pid === null) throw new NoTarget('PostgreSQL did not run.');
    sendSignal(pid, 'SIGKILL');
    return nothingToEnd;
  },
};
