// The first answer of a model is awaited before other calls to it are sent: it shows which model answers behind an alias, and
// what a router or an unknown host bills. Until then, and again when the last answer is old, there is one call at a time.
// Sessions take turns: one that has had more of them, such as one whose calls fail, comes after the others, and one that has
// ended gives its turn up: nobody waits for an answer to somebody who is gone.
import { sleep } from '../../stdx/async/sleep.ts';

export interface FirstTurn {
  /** The answer has shown what there is to learn; the others may be sent. */
  learned(): void;
  /** The call is over, however it ended: without an answer, the next one has its turn. */
  over(): void;
}

export const noTurn: FirstTurn = { learned: () => undefined, over: () => undefined };

export interface TurnAsked {
  /** `provider/model`. */
  model: string;
  keyId: string;
  /** True if an answer says nothing about the next one: then there is always one call at a time. */
  isAlwaysAlone(): boolean;
  /** Whether the session that calls is over. Others ask while they wait. */
  hasEnded(): Promise<boolean>;
}

interface Waiting {
  asked: TurnAsked;
  enter(turn: FirstTurn): void;
}

interface Holder {
  hasEnded(): Promise<boolean>;
  over(): void;
}

interface Queue {
  holder: Holder | null;
  waiting: Waiting[];
  /** How often each session has had its turn, as long as anybody waits. */
  turns: Map<string, number>;
}

export class FirstAnswers {
  /** When a model has last answered since this gateway started; no larger than the table of prices. */
  readonly #answeredAtMs = new Map<string, number>();
  readonly #queues = new Map<string, Queue>();
  readonly #freshMs: number;
  readonly #lookEveryMs: number;

  /**
   * @param freshMs how long an answer shows what the next ones cost
   * @param lookEveryMs how often those who wait look whether the session before them has ended
   */
  constructor(freshMs: number, lookEveryMs: number) {
    this.#freshMs = freshMs;
    this.#lookEveryMs = lookEveryMs;
  }

  hasAnswered(model: string): boolean {
    const atMs = this.#answeredAtMs.get(model);
    return atMs !== undefined && performance.now() - atMs <= this.#freshMs;
  }

  /** Null if the turn does not come in this time. Rejects with the reason of the signal. */
  async enter(asked: TurnAsked, waitMs: number, signal: AbortSignal): Promise<FirstTurn | null> {
    const { model } = asked;
    if (!asked.isAlwaysAlone() && this.hasAnswered(model)) return this.beside(model);
    const queue = this.#queueOf(model);
    if (queue.holder === null) return this.#take(queue, asked);
    if (waitMs <= 0) return null;
    const came = Promise.withResolvers<FirstTurn>();
    const waiting = { asked, enter: came.resolve };
    queue.waiting.push(waiting);
    const over = new AbortController();
    const late = sleep(waitMs, AbortSignal.any([signal, over.signal])).catch(() => undefined);
    const look = setInterval(() => void passIfEnded(queue.holder), this.#lookEveryMs);
    const turn = await Promise.race([came.promise, late.then(() => null)]);
    clearInterval(look);
    over.abort();
    queue.waiting = queue.waiting.filter((each) => each !== waiting);
    if (turn === null) void came.promise.then((tooLate) => tooLate.over());
    if (signal.aborted) turn?.over();
    signal.throwIfAborted();
    return turn;
  }

  /** Of a call that is sent beside others. */
  beside(model: string): FirstTurn {
    return { ...noTurn, learned: () => this.#answered(model) };
  }

  #take(queue: Queue, { model, keyId, hasEnded }: TurnAsked): FirstTurn {
    const holder: Holder = {
      hasEnded,
      over: () => {
        if (queue.holder !== holder) return;
        queue.holder = null;
        this.#next(model, queue);
      },
    };
    queue.holder = holder;
    queue.turns.set(keyId, (queue.turns.get(keyId) ?? 0) + 1);
    return { over: holder.over, learned: () => this.#answered(model) };
  }

  #answered(model: string): void {
    this.#answeredAtMs.set(model, performance.now());
    const queue = this.#queues.get(model);
    const free = queue?.waiting.filter(({ asked }) => !asked.isAlwaysAlone()) ?? [];
    for (const each of free) each.enter(this.beside(model));
  }

  #next(model: string, queue: Queue): void {
    const turns = ({ asked }: Waiting) => queue.turns.get(asked.keyId) ?? 0;
    // In the order of their arrival, where they are equal.
    const [next] = queue.waiting.toSorted((one, other) => turns(one) - turns(other));
    if (next === undefined) {
      this.#queues.delete(model);
      return;
    }
    queue.waiting = queue.waiting.filter((each) => each !== next);
    next.enter(this.#take(queue, next.asked));
  }

  #queueOf(model: string): Queue {
    const known = this.#queues.get(model);
    if (known !== undefined) return known;
    const queue = { holder: null, waiting: [], turns: new Map() };
    this.#queues.set(model, queue);
    return queue;
  }
}

/** A ledger that does not answer says nothing. */
async function passIfEnded(holder: Holder | null): Promise<void> {
  if (await holder?.hasEnded().catch(() => false)) holder?.over();
}
