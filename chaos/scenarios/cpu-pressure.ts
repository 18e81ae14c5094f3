import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Scenario } from '../scenario.ts';

const forever = 'for (;;) ;';

export const cpuPressure: Scenario = {
  name: 'cpu-pressure',
  group: 'machine',
  does: 'twice as many busy programs as there are processors',
  lastsMs: [3_000, 6_000],
  isTransient: true,
  async inject() {
    const busy = Array.from({ length: 2 * availableParallelism() }, () =>
      spawn(process.execPath, ['-e', forever], { stdio: 'ignore' }),
    );
    return async () => {
      for (const one of busy) one.kill('SIGKILL');
    };
  },
};
