import { freemem } from 'node:os';
import { press } from '../press.ts';
import type { Scenario } from '../scenario.ts';

const share = 0.3;
const bytesMax = 512 * 1024 * 1024;
const programFor = (bytes: number) =>
  `globalThis.held = Buffer.alloc(${bytes}, 1); begun(); setInterval(() => isAlone() && process.exit(), 200);`;

export const memoryPressure: Scenario = {
  name: 'memory-pressure',
  group: 'machine',
  does: 'a program takes 30 % of the free memory, at most 512 MiB',
  lastsMs: [3_000, 6_000],
  reach: 'own',
  isTransient: true,
  inject: async (stage) =>
    press(stage, { count: 1, program: programFor(Math.floor(Math.min(freemem() * share, bytesMax))) }),
};
