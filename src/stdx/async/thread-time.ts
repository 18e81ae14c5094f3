// How much processor time a thread of this process has used, as Linux counts it.
import { readFileSync, readlinkSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/** A thread's first message. */
export interface ThreadSaid {
  /** Null where the kernel does not say. */
  threadId: number | null;
}

/** Tells the thread pool which thread of the kernel this one is. */
export function announceThread(): void {
  parentPort?.postMessage({ threadId: ownThreadId() } satisfies ThreadSaid);
}

function ownThreadId(): number | null {
  try {
    const id = /\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0];
    return id === undefined ? null : Number(id);
  } catch {
    return null;
  }
}

const nanosecondsPerMs = 1e6;

/** In milliseconds since the thread's start; null where the kernel does not say. */
export function processorMsOf(threadId: number): number | null {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${threadId}/schedstat`, 'utf8').split(' ');
    const ms = Number(nanoseconds) / nanosecondsPerMs;
    return Number.isFinite(ms) ? ms : null;
  } catch {
    return null;
  }
}
