export interface Job {
  id: string;
  priority: number;
  notBefore: number;
  tries: number;
}

export class JobQueue {
  private readonly jobs: Job[] = [];
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  add(id: string, { priority = 0, delayMs = 0 } = {}): void {
    this.jobs.push({ id, priority, notBefore: this.now() + delayMs, tries: 0 });
  }

  putBack(job: Job): void {
    this.jobs.push(job);
  }

  /** The most urgent job that is due. */
  take(): Job | undefined {
    const now = this.now();
    let best: Job | undefined;
    for (const job of this.jobs) {
      if (job.notBefore <= now && (!best || job.priority >= best.priority)) best = job;
    }
    if (best) this.jobs.splice(this.jobs.indexOf(best), 1);
    return best;
  }

  get length(): number {
    return this.jobs.length;
  }
}
