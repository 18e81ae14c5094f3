import { availableParallelism } from 'node:os';
import { press } from '../press.ts';
import type { Scenario } from '../scenario.ts';

const program = 'begun(); while (!isAlone()) for (let n = 0; n < 1e7; n++);';

export const cpuPressure: Scenario = {
  name: 'cpu-pressure',
  group: 'machine',
  does: 'twice as many busy programs as there are processors',
  lastsMs: [3_000, 6_000],
  reach: 'own',
  isTransient: true,
  inject: async (stage) => press(stage, { count: 2 * availableParallelism(), program }),
};
