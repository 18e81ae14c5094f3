// The load of this machine at the moment of a failure, for the post-mortem (R-ESC-8).
import { availableParallelism, freemem, hostname, loadavg, platform, totalmem } from 'node:os';
import type { MachineState } from '../../domain/machine/machine-state.ts';

const cores = availableParallelism();

/** Takes no I/O, so that it can be part of every recorded failure. */
export function machineNow(): MachineState {
  return {
    host: hostname(),
    loadPerCore: platform() === 'win32' ? null : rounded((loadavg()[0] ?? 0) / cores),
    memoryFreeShare: rounded(freemem() / totalmem()),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
