// The first answer of a model is awaited before other calls to it are sent: it shows which model answers behind an alias, and
// what a router or an unknown host bills. Until then there is one call at a time.
import { sleep } from '../../stdx/async/sleep.ts';
import { refused } from './call-refused.ts';

export interface FirstTurn {
  /** The answer has shown what there is to learn; the others may be sent. */
  learned(): void;
  /** The call is over, however it ended: without an answer, the next one has its turn. */
  over(): void;
}

export const noTurn: FirstTurn = { learned: () => undefined, over: () => undefined };

export class FirstAnswers {
  /** Models that have answered since this gateway started; no larger than the table of prices. */
  readonly #answered = new Set<string>();
  readonly #turns = new Map<string, PromiseWithResolvers<void>>();
  readonly #waitMs: number;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** @param model `provider/model` @throws CallRefused if the first answer takes too long, or the reason of the signal */
  async enter(model: string, signal: AbortSignal): Promise<FirstTurn> {
    const untilMs = performance.now() + this.#waitMs;
    while (!this.#answered.has(model)) {
      const taken = this.#turns.get(model);
      if (taken === undefined) return this.#take(model);
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) throw refused.awaitsFirst(model);
      const over = new AbortController();
      const waited = AbortSignal.any([signal, over.signal]);
      await Promise.race([taken.promise, sleep(leftMs, waited).catch(() => undefined)]);
      over.abort();
      signal.throwIfAborted();
    }
    return noTurn;
  }

  #take(model: string): FirstTurn {
    const turn = Promise.withResolvers<void>();
    this.#turns.set(model, turn);
    const over = () => {
      if (this.#turns.get(model) === turn) this.#turns.delete(model);
      turn.resolve();
    };
    return {
      over,
      learned: () => {
        this.#answered.add(model);
        over();
      },
    };
  }
}
