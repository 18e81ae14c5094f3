import type { Job, JobQueue } from './queue';

export const MAX_TRIES = 3;

export type Handler = (job: Job) => Promise<void>;

export class Worker {
  readonly dead: Job[] = [];
  private readonly queue: JobQueue;
  private readonly handler: Handler;

  constructor(queue: JobQueue, handler: Handler) {
    this.queue = queue;
    this.handler = handler;
  }

  /** Works until nothing is due; how many jobs succeeded. */
  async drain(): Promise<number> {
    let done = 0;
    for (let job = this.queue.take(); job; job = this.queue.take()) {
      try {
        await this.handler(job);
        done++;
      } catch {
        job.tries++;
        if (job.tries >= MAX_TRIES) {
          this.dead.push(job);
        } else {
          this.queue.putBack(job);
        }
      }
    }
    return done;
  }
}
