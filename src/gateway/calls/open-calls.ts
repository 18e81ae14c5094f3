// The calls in flight, including those that are being refused; none starts once the gateway closes.
import { sleep } from '../../stdx/async/sleep.ts';
import { refused } from './call-refused.ts';

/** How long an aborted call may still take to end. */
const breakOffMsMax = 5_000;

type During = <T>(work: () => Promise<T>) => Promise<T>;

export class OpenCalls {
  readonly #calls = new Map<AbortController, Promise<void>>();
  readonly #during: During;
  #isClosing = false;

  constructor(during: During = (work) => work()) {
    this.#during = during;
  }

  get count(): number {
    return this.#calls.size;
  }

  /** @throws CallRefused */
  track(work: (stop: AbortController) => Promise<void>): Promise<void> {
    if (this.#isClosing) throw refused.closing();
    const stop = new AbortController();
    const over = this.#during(() => work(stop)).finally(() => this.#calls.delete(stop));
    this.#calls.set(stop, over);
    return over;
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    if (await this.#endWithin(graceMs)) return;
    for (const stop of this.#calls.keys()) stop.abort(refused.closing());
    await this.#endWithin(breakOffMsMax);
  }

  async #endWithin(waitMs: number): Promise<boolean> {
    const over = new AbortController();
    const late = sleep(waitMs, over.signal).then(
      () => false,
      () => true,
    );
    const isOver = await Promise.race([Promise.allSettled(this.#calls.values()).then(() => true), late]);
    over.abort();
    return isOver;
  }
}
