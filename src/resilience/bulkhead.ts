// At most so many calls at once, and at most so many waiting for a place, in the order in which they came.
import { TransientError } from '../domain/failure.ts';
import { cancellation } from './cut-off.ts';

export interface BulkheadPolicy {
  callsMax: number;
  waitingMax: number;
}

/** A guess of how soon there may be a place; who was turned away backs off from there. */
const retryAfterMs = 100;

export class Bulkhead {
  readonly #policy: BulkheadPolicy;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(policy: BulkheadPolicy) {
    this.#policy = policy;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Rejects with BULKHEAD_FULL at once where there is no place left to wait. */
  async run<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw cancellation(signal);
    if (this.#running < this.#policy.callsMax) this.#running++;
    else await this.#turn(signal);
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  /** Resolves when the place of a call that ended was handed on to this one. */
  #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#policy.waitingMax) return Promise.reject(this.#full());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const enter = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = () => {
      this.#waiting.delete(enter);
      reject(cancellation(signal));
    };
    this.#waiting.add(enter);
    signal.addEventListener('abort', onAbort, { once: true });
    return promise;
  }

  #leave(): void {
    const [first] = this.#waiting;
    if (!first) {
      this.#running--;
      return;
    }
    this.#waiting.delete(first);
    first();
  }

  #full(): TransientError {
    return new TransientError({
      code: 'BULKHEAD_FULL',
      component: 'resilience',
      operation: 'enter',
      message: `${this.#running} calls run already and ${this.#waiting.size} wait.`,
      advice: 'Moose tries again in a moment; raise the limit if the machine and the provider can take more.',
      severity: 'low',
      retryAfterMs,
      metadata: { ...this.#policy },
    });
  }
}
