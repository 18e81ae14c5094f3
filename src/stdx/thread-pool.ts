// Threads for work that would hold up the event loop. Each caller has one task at a time, and callers take turns: one with
// expensive tasks slows down only itself (R-SEC-3).
import { type Transferable, Worker } from 'node:worker_threads';

export interface ThreadLimits {
  /** More than one, so that a caller who always has a task leaves room for others. */
  threadsMax: number;
  /** For one task. */
  taskMs: number;
  /** How long an idle thread lives; ending it frees its memory. */
  idleMs: number;
  /** The memory limit of one thread. */
  heapMbMax: number;
}

interface ThreadPoolOptions<Task> {
  /** The path of the program, which answers each message with one. */
  program: string;
  limits: ThreadLimits;
  /** The parts of a task that are moved to the thread instead of copied; none if absent. */
  moved?(task: Task): Transferable[];
  /** The error of a task that took too long or too much memory, or crashed its thread. */
  failed(cause?: unknown): Error;
  /** The error of a task that is left when the pool closes. */
  closing(): Error;
}

interface Job<Task, Reply> {
  who: string;
  task: Task;
  signal: AbortSignal;
  resolve(reply: Reply): void;
  reject(cause: unknown): void;
}

interface Thread<Task, Reply> {
  worker: Worker;
  job: Job<Task, Reply> | null;
  timer: NodeJS.Timeout | undefined;
}

export class ThreadPool<Task, Reply> {
  readonly #options: ThreadPoolOptions<Task>;
  readonly #threads = new Set<Thread<Task, Reply>>();
  /** Waiting tasks by caller, in the order in which the callers take turns. */
  readonly #waiting = new Map<string, Job<Task, Reply>[]>();

  constructor(options: ThreadPoolOptions<Task>) {
    this.#options = options;
  }

  /** @throws the errors of the options, or the reason of `signal` */
  run(who: string, task: Task, signal: AbortSignal): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(who) ?? [];
      waiting.push({ who, task, signal, resolve, reject });
      this.#waiting.set(who, waiting);
      this.#dispatch();
    });
  }

  close(): void {
    const { closing } = this.#options;
    for (const jobs of this.#waiting.values()) for (const job of jobs) job.reject(closing());
    this.#waiting.clear();
    for (const thread of [...this.#threads]) this.#end(thread, closing());
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

  /** Null if no caller may have a thread now. */
  #next(): Job<Task, Reply> | null {
    const busy = [...this.#threads].flatMap(({ job }) => job?.who ?? []);
    if (busy.length >= this.#options.limits.threadsMax) return null;
    for (const [who, jobs] of this.#waiting) {
      if (busy.includes(who)) continue;
      const job = jobs.shift();
      this.#waiting.delete(who);
      // Moves the caller behind all others.
      if (jobs.length > 0) this.#waiting.set(who, jobs);
      if (job !== undefined) return job;
    }
    return null;
  }

  #start(): Thread<Task, Reply> {
    const { program, limits, failed } = this.#options;
    const worker = new Worker(program, {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMbMax },
    });
    const thread: Thread<Task, Reply> = { worker, job: null, timer: undefined };
    worker.unref();
    worker.on('message', (reply: Reply) => this.#answered(thread, reply));
    // Out of memory, or a bug: the task fails, and the next one gets a new thread.
    worker.on('error', (cause) => this.#end(thread, failed(cause)));
    worker.on('exit', () => this.#end(thread, failed()));
    this.#threads.add(thread);
    return thread;
  }

  #give(thread: Thread<Task, Reply>, job: Job<Task, Reply>): void {
    const { limits, failed, moved } = this.#options;
    thread.job = job;
    this.#after(thread, limits.taskMs, failed);
    thread.worker.postMessage(job.task, moved?.(job.task) ?? []);
  }

  #answered(thread: Thread<Task, Reply>, reply: Reply): void {
    const { job } = thread;
    thread.job = null;
    this.#after(thread, this.#options.limits.idleMs, this.#options.closing);
    job?.resolve(reply);
    this.#dispatch();
  }

  #after(thread: Thread<Task, Reply>, ms: number, cause: () => Error): void {
    clearTimeout(thread.timer);
    thread.timer = setTimeout(() => this.#end(thread, cause()), ms);
    thread.timer.unref();
  }

  #end(thread: Thread<Task, Reply>, cause: Error): void {
    clearTimeout(thread.timer);
    if (!this.#threads.delete(thread)) return;
    void thread.worker.terminate();
    thread.job?.reject(cause);
    thread.job = null;
    this.#dispatch();
  }
}
