// Threads that read large requests. Each key has one at a time, and keys take turns: a client with expensive requests
// slows down only itself (R-SEC-3).

import { Worker } from 'node:worker_threads';
import { ownProgram } from '../stdx/own-files.ts';
import { type CallRefused, refused } from './call-refused.ts';
import type { ReadingTask } from './reading.ts';
import type { ReadingReply } from './reading-worker.ts';

export interface ReadingLimits {
  /** More than one, so that a key that reads all the time leaves room for others. */
  threadsMax: number;
  /** For one request; a legitimate one takes less than a second. */
  readMs: number;
  /** How long an idle thread lives; ending it frees its memory. */
  idleMs: number;
  /** The memory limit of one thread. */
  heapMbMax: number;
}

interface Job {
  keyId: string;
  task: ReadingTask;
  signal: AbortSignal;
  resolve(reply: ReadingReply): void;
  reject(cause: unknown): void;
}

interface Thread {
  worker: Worker;
  job: Job | null;
  timer: NodeJS.Timeout | undefined;
}

const workerPath = ownProgram('gateway/reading-worker');

export class ReadingPool {
  readonly #limits: ReadingLimits;
  readonly #threads = new Set<Thread>();
  /** Waiting tasks by key, in the order in which the keys take turns. */
  readonly #waiting = new Map<string, Job[]>();

  constructor(limits: ReadingLimits) {
    this.#limits = limits;
  }

  /** The task's body may be transferred: use the body of the reply. @throws CallRefused */
  read(keyId: string, task: ReadingTask, signal: AbortSignal): Promise<ReadingReply> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(keyId) ?? [];
      waiting.push({ keyId, task, signal, resolve, reject });
      this.#waiting.set(keyId, waiting);
      this.#dispatch();
    });
  }

  close(): void {
    for (const jobs of this.#waiting.values()) for (const job of jobs) job.reject(refused.closing());
    this.#waiting.clear();
    for (const thread of [...this.#threads]) this.#end(thread, refused.closing());
  }

  #dispatch(): void {
    for (;;) {
      const job = this.#next();
      if (job === null) return;
      if (job.signal.aborted) {
        job.reject(job.signal.reason);
        continue;
      }
      const idle = [...this.#threads].find((thread) => thread.job === null);
      this.#give(idle ?? this.#start(), job);
    }
  }

  /** Null if no key may have a thread now. */
  #next(): Job | null {
    const busy = [...this.#threads].flatMap(({ job }) => job?.keyId ?? []);
    if (busy.length >= this.#limits.threadsMax) return null;
    for (const [keyId, jobs] of this.#waiting) {
      if (busy.includes(keyId)) continue;
      const job = jobs.shift();
      this.#waiting.delete(keyId);
      // Moves the key behind all others.
      if (jobs.length > 0) this.#waiting.set(keyId, jobs);
      if (job !== undefined) return job;
    }
    return null;
  }

  #start(): Thread {
    const worker = new Worker(workerPath, {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMbMax },
    });
    const thread: Thread = { worker, job: null, timer: undefined };
    worker.unref();
    worker.on('message', (reply: ReadingReply) => this.#answered(thread, reply));
    // Out of memory, or a bug: the request is refused, and the next one gets a new thread.
    worker.on('error', (cause) => this.#end(thread, refused.unreadable(cause)));
    worker.on('exit', () => this.#end(thread, refused.unreadable()));
    this.#threads.add(thread);
    return thread;
  }

  #give(thread: Thread, job: Job): void {
    thread.job = job;
    this.#after(thread, this.#limits.readMs, refused.unreadable());
    const { body } = job.task.request;
    const isWhole = body.byteOffset === 0 && body.buffer.byteLength === body.length;
    thread.worker.postMessage(job.task, isWhole ? [body.buffer as ArrayBuffer] : []);
  }

  #answered(thread: Thread, reply: ReadingReply): void {
    const { job } = thread;
    thread.job = null;
    this.#after(thread, this.#limits.idleMs, refused.closing());
    job?.resolve(reply);
    this.#dispatch();
  }

  #after(thread: Thread, ms: number, cause: CallRefused): void {
    clearTimeout(thread.timer);
    thread.timer = setTimeout(() => this.#end(thread, cause), ms);
    thread.timer.unref();
  }

  #end(thread: Thread, cause: CallRefused): void {
    clearTimeout(thread.timer);
    if (!this.#threads.delete(thread)) return;
    void thread.worker.terminate();
    thread.job?.reject(cause);
    thread.job = null;
    this.#dispatch();
  }
}
