// Lets other work run during a long computation, so that heartbeats and aborts are on time.
import { setImmediate } from 'node:timers/promises';

/** The longest time without a break. */
const turnMs = 15;

export class Pace {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** True if the computation must call `rest`. */
  get isTired(): boolean {
    return performance.now() - this.#since > turnMs;
  }

  /** @throws the signal's reason, if it is aborted */
  async rest(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
