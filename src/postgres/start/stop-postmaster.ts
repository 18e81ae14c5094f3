// Stops the server of a data directory. Call this under the start lock.

import { sleep } from '../../stdx/async/sleep.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { postgresFailures } from '../failure-catalogue.ts';
import { findPostmaster, isServing } from './postmaster-file.ts';

/**
 * A fast shutdown ends every session and writes a checkpoint; an immediate shutdown leaves the rest to recovery at the
 * next start.
 */
const shutdowns = [
  { signal: 'SIGINT', limitMs: 30_000 },
  { signal: 'SIGQUIT', limitMs: 10_000 },
] as const;
const pollMs = 5;

export async function stopPostmaster(data: string): Promise<void> {
  for (const { signal, limitMs } of shutdowns) {
    const postmaster = await findPostmaster(data);
    if (postmaster === null) return;
    sendSignal(postmaster.pid, signal);
    const deadlineMs = performance.now() + limitMs;
    while (performance.now() < deadlineMs) {
      // postmaster.pid disappears first; the data files are free only once the process has ended too.
      if (!(await isServing(postmaster.pid, data))) return;
      await sleep(pollMs);
    }
  }
  throw postgresFailures.EMBEDDED_STOP_SLOW('stop', { data });
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    // The process ended just before the signal.
    if (!hasErrorCode(cause, 'ESRCH')) throw cause;
  }
}
