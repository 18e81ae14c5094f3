// How long to wait for a process that starts: as long as it makes progress. On a busy machine it gets little of the
// processor, and ending it would only make the next start as slow (R-GO-8).
import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '../system-error.ts';

export interface StartLimits {
  /** Without any processor time for so long, the process hangs; where the kernel does not say, all time counts. */
  stillMsMax: number;
  /** Whatever it does. */
  startMsMax: number;
}

/** Whether the start of the process has taken too long by now. */
export function watchStartOf(pid: number | undefined, limits: StartLimits): () => Promise<boolean> {
  const startedMs = performance.now();
  let progressedMs = startedMs;
  let used = 0;
  return async () => {
    const now = performance.now();
    if (now - progressedMs > limits.stillMsMax / looksPerLimit) {
      const newUsed = pid === undefined ? null : await processorTicksOf(pid);
      if (newUsed !== null && newUsed > used) [used, progressedMs] = [newUsed, now];
    }
    return now - progressedMs > limits.stillMsMax || now - startedMs > limits.startMsMax;
  };
}

const looksPerLimit = 10;

/** In clock ticks, over all of its threads; null if it is gone, or where the kernel does not say. */
async function processorTicksOf(pid: number): Promise<number | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain anything; utime and stime are the 12th and 13th fields after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks : null;
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT', 'ESRCH', 'EACCES')) throw cause;
    return null;
  }
}
