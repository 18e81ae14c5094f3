import { gatewaysOf, postmasterOf, sessionProcessesOf } from '../find-processes.ts';
import { sendSignal } from '../moose-processes.ts';
import type { Scenario } from '../scenario.ts';

export const everythingKilled: Scenario = {
  name: 'everything-killed',
  group: 'process',
  does: 'everything is killed with SIGKILL at once, as by a power cut: Moose, its gateway, its sessions and PostgreSQL',
  lastsMs: [0, 2_000],
  hitsServer: true,
  isTransient: true,
  async inject({ root, dataDirectory, processes }) {
    const sessions = await sessionProcessesOf(root);
    const gateways = await gatewaysOf(root);
    const postmaster = await postmasterOf(dataDirectory);
    await Promise.all(processes.living().map((one) => processes.kill(one)));
    for (const pid of [...gateways, ...sessions.map((one) => one.pid)]) sendSignal(pid, 'SIGKILL');
    if (postmaster !== null) sendSignal(postmaster, 'SIGKILL');
    return processes.startMissing;
  },
};
