import { spawn } from 'node:child_process';
import { freemem } from 'node:os';
import type { Scenario } from '../scenario.ts';

const share = 0.3;
const bytesMax = 512 * 1024 * 1024;
const hold =
  'globalThis.held = Buffer.alloc(Number(process.argv[1]), 1); setInterval(() => undefined, 1000);';

export const memoryPressure: Scenario = {
  name: 'memory-pressure',
  group: 'machine',
  does: 'a program takes 30 % of the free memory, at most 512 MiB',
  lastsMs: [3_000, 6_000],
  isTransient: true,
  async inject() {
    const bytes = Math.floor(Math.min(freemem() * share, bytesMax));
    const taker = spawn(process.execPath, ['-e', hold, String(bytes)], { stdio: 'ignore' });
    return async () => void taker.kill('SIGKILL');
  },
};
