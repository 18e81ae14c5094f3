// Threads that read large requests, one at a time for each key.
import { ownProgram } from '../stdx/own-files.ts';
import { type ThreadLimits, ThreadPool } from '../stdx/thread-pool.ts';
import { refused } from './call-refused.ts';
import type { ReadingTask } from './reading.ts';
import type { ReadingReply } from './reading-worker.ts';

export type ReadingPool = ThreadPool<ReadingTask, ReadingReply>;

/** A task's body may be transferred: use the body of the reply. Its errors are `CallRefused`. */
export function createReadingPool(limits: ThreadLimits): ReadingPool {
  return new ThreadPool<ReadingTask, ReadingReply>({
    program: ownProgram('gateway/reading-worker'),
    limits,
    moved: ({ request: { body } }) => {
      const isWhole = body.byteOffset === 0 && body.buffer.byteLength === body.length;
      return isWhole ? [body.buffer as ArrayBuffer] : [];
    },
    failed: (cause) => refused.unreadable(cause),
    busy: () => refused.tooBusy(),
    closing: () => refused.closing(),
  });
}
