// Where calls wait for others under the same limits to release money (R-BUD-4): first come, first served, except that a
// smaller call may pass a larger one that does not fit.
import type { DrawAnswer } from '../../engine/run/budget/call-ledger.ts';

export type NoRoom = Extract<DrawAnswer, { kind: 'no_room' }>;

export interface Waiting {
  keyId: string;
  needNanoUsd: bigint;
  /** Draws the money, or reports again that there is no room. */
  draw(): Promise<DrawAnswer>;
  signal: AbortSignal;
}

interface Waiter extends Waiting {
  last: NoRoom;
  isTrying: boolean;
  isLate: boolean;
  settle(answer: DrawAnswer): void;
  fail(cause: unknown): void;
}

interface Queue {
  waiters: Set<Waiter>;
  isTrying: boolean;
  /** Set if money was released while a pass was running. */
  isStale: boolean;
  timer: NodeJS.Timeout;
}

export class Headroom {
  readonly #queues = new Map<string, Queue>();
  readonly #lookEveryMs: number;
  #freedTimes = 0;

  /**
   * `lookEveryMs`: how often to retry, because other processes and the calls of other envelopes release money
   * without notice.
   */
  constructor(lookEveryMs: number) {
    this.#lookEveryMs = lookEveryMs;
  }

  /** Take a mark before each draw: a wait with that mark misses nothing that was released in between. */
  mark(): number {
    return this.#freedTimes;
  }

  /** Resolves with a new answer, or with the last `no_room` when time is up or no other call could release money. */
  async wait(waiting: Waiting, last: NoRoom, waitMs: number, mark: number): Promise<DrawAnswer> {
    const queue = this.#queueOf(waiting.keyId);
    const { promise, resolve, reject } = Promise.withResolvers<DrawAnswer>();
    const flags = { isTrying: false, isLate: false };
    const waiter: Waiter = { ...waiting, ...flags, last, settle: resolve, fail: reject };
    const tooLate = () => {
      waiter.isLate = true;
      // A draw in progress still gets its answer; otherwise nobody would release the money it reserved.
      if (!waiter.isTrying) resolve(waiter.last);
    };
    const timer = setTimeout(tooLate, waitMs);
    waiting.signal.addEventListener('abort', tooLate, { once: true });
    queue.waiters.add(waiter);
    if (waiting.signal.aborted) tooLate();
    else if (mark !== this.#freedTimes) void this.#pass(queue);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      waiting.signal.removeEventListener('abort', tooLate);
      queue.waiters.delete(waiter);
      this.#tidy(waiting.keyId, queue);
    }
  }

  /** Call this when money of this key's envelope may have been released. */
  freed(keyId: string): void {
    this.#freedTimes += 1;
    this.#look(keyId);
  }

  #look(keyId: string): void {
    const queue = this.#queues.get(keyId);
    if (queue) void this.#pass(queue);
  }

  #queueOf(keyId: string): Queue {
    const known = this.#queues.get(keyId);
    if (known) return known;
    const timer = setInterval(() => this.#look(keyId), this.#lookEveryMs);
    const queue: Queue = { waiters: new Set(), isTrying: false, isStale: false, timer };
    this.#queues.set(keyId, queue);
    return queue;
  }

  #tidy(keyId: string, queue: Queue): void {
    if (queue.waiters.size > 0 || this.#queues.get(keyId) !== queue) return;
    clearInterval(queue.timer);
    this.#queues.delete(keyId);
  }

  async #pass(queue: Queue): Promise<void> {
    if (queue.isTrying) {
      queue.isStale = true;
      return;
    }
    queue.isTrying = true;
    do {
      queue.isStale = false;
      let leftNanoUsd: bigint | null = null;
      for (const waiter of queue.waiters) {
        if (waiter.isLate || (leftNanoUsd !== null && waiter.needNanoUsd > leftNanoUsd)) continue;
        leftNanoUsd = await tryAgain(queue, waiter);
      }
    } while (queue.isStale);
    queue.isTrying = false;
  }
}

/** The amount that is known to be left; null if unknown. */
async function tryAgain(queue: Queue, waiter: Waiter): Promise<bigint | null> {
  waiter.isTrying = true;
  try {
    const answer = await waiter.draw();
    waiter.isTrying = false;
    if (answer.kind === 'no_room' && answer.openNanoUsd > 0n && !waiter.isLate) {
      waiter.last = answer;
      return answer.leftNanoUsd;
    }
    queue.waiters.delete(waiter);
    waiter.settle(answer);
    return answer.kind === 'no_room' ? answer.leftNanoUsd : null;
  } catch (cause) {
    queue.waiters.delete(waiter);
    waiter.fail(cause);
    return null;
  }
}
