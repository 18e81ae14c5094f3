// Threads that read large requests, one at a time for each key.

import { type ThreadLimits, ThreadPool } from '../../stdx/async/thread-pool.ts';
import { ownProgram } from '../../stdx/files/own-files.ts';
import { refused } from '../calls/call-refused.ts';
import type { ReadingTask } from './reading.ts';
import type { ReadingReply } from './reading-worker.ts';

export type ReadingPool = ThreadPool<ReadingTask, ReadingReply>;

/** A task's body may be transferred: use the body of the reply. Its errors are `CallRefused`. */
export function createReadingPool(limits: ThreadLimits): ReadingPool {
  return new ThreadPool<ReadingTask, ReadingReply>({
    program: ownProgram('gateway/request/reading-worker'),
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
