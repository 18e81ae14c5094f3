// Threads for work that would hold up the event loop. Each caller has one task at a time, and callers take turns: one with
// expensive tasks slows down only itself (R-SEC-3). What a task may take is processor time: a machine under load makes no
// task too expensive (R-GO-8).
import { type Transferable, Worker } from 'node:worker_threads';
import { processorMsOf, type ThreadSaid } from './thread-time.ts';

export interface ThreadLimits {
  /** More than one, so that a caller who always has a task leaves room for others. */
  threadsMax: number;
  /** The processor time of one task. */
  cpuMs: number;
  /** How long one task may take by the clock, of which it may get little on a busy machine. */
  waitMs: number;
  /** How long an idle thread lives; ending it frees its memory. */
  idleMs: number;
  /** The memory limit of one thread. */
  heapMbMax: number;
}

interface ThreadPoolOptions<Task> {
  /** The path of the program. It calls `announceThread` first, and answers each message with one. */
  program: string;
  limits: ThreadLimits;
  /** The parts of a task that are moved to the thread instead of copied; none if absent. */
  moved?(task: Task): Transferable[];
  /** The error of a task that took too long or too much memory, or crashed its thread. */
  failed(cause?: unknown): Error;
  /** The error of a task that got too little processor time. */
  busy(): Error;
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
  /** Its thread in the kernel; undefined until it has announced itself, null where the kernel does not say. */
  id: number | null | undefined;
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
    const thread: Thread<Task, Reply> = { worker, id: undefined, job: null, timer: undefined };
    worker.unref();
    worker.on('message', (said: ThreadSaid | Reply) => {
      if (isAnnouncement(said)) thread.id = said.threadId;
      else this.#answered(thread, said);
    });
    // Out of memory, or a bug: the task fails, and the next one gets a new thread.
    worker.on('error', (cause) => this.#end(thread, failed(cause)));
    worker.on('exit', () => this.#end(thread, failed()));
    this.#threads.add(thread);
    return thread;
  }

  #give(thread: Thread<Task, Reply>, job: Job<Task, Reply>): void {
    const { limits, moved } = this.#options;
    thread.job = job;
    const since = { startedMs: performance.now(), usedMs: processorMs(thread) ?? 0 };
    this.#watch(thread, since, Math.min(limits.cpuMs, limits.waitMs));
    thread.worker.postMessage(job.task, moved?.(job.task) ?? []);
  }

  #answered(thread: Thread<Task, Reply>, reply: Reply): void {
    const { job } = thread;
    thread.job = null;
    this.#after(thread, this.#options.limits.idleMs, this.#options.closing);
    job?.resolve(reply);
    this.#dispatch();
  }

  /** Looks again when the rest of its processor time could be used up. */
  #watch(thread: Thread<Task, Reply>, since: { startedMs: number; usedMs: number }, afterMs: number): void {
    const { limits, failed, busy } = this.#options;
    clearTimeout(thread.timer);
    thread.timer = setTimeout(() => {
      const waitedMs = performance.now() - since.startedMs;
      const usedMs = thread.id === undefined ? 0 : (processorMs(thread) ?? waitedMs) - since.usedMs;
      if (usedMs >= limits.cpuMs) return this.#end(thread, failed());
      if (waitedMs >= limits.waitMs) return this.#end(thread, busy());
      const leftMs = Math.min(limits.cpuMs - usedMs, limits.waitMs - waitedMs);
      this.#watch(thread, since, Math.max(lookMsMin, leftMs));
    }, afterMs);
    thread.timer.unref();
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

const lookMsMin = 5;

function isAnnouncement(said: unknown): said is ThreadSaid {
  return typeof said === 'object' && said !== null && 'threadId' in said;
}

/** In milliseconds since its start; null where the kernel does not say: then all time counts. */
function processorMs({ id }: { id: number | null | undefined }): number | null {
  return id === null || id === undefined ? null : processorMsOf(id);
}
