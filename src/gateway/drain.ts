// When a client hangs up, its answer is read on for the sake of the usage at its end, so many at a time, so long, so much (R-BUD-5).
import type { ServerResponse } from 'node:http';
import type { GatewayLimits } from './limits.ts';

type Limits = Pick<GatewayLimits, 'drainsMax' | 'drainBytesMax' | 'drainMs'>;

/** Of one gateway. */
export class Drains {
  readonly #limits: Limits;
  #count = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** How many answers are read for nobody at this moment. */
  get count(): number {
    return this.#count;
  }

  /** Calls `giveUp` when the client is gone and nobody will hear of the usage any more. */
  watch(client: ServerResponse, giveUp: () => void): Drain {
    return new Drain(client, this.#limits, {
      giveUp,
      begin: () => {
        if (this.#count >= this.#limits.drainsMax) return false;
        this.#count += 1;
        return true;
      },
      end: () => {
        this.#count -= 1;
      },
    });
  }
}

interface Hold {
  giveUp(): void;
  /** False: there are too many. */
  begin(): boolean;
  end(): void;
}

export class Drain {
  readonly #client: ServerResponse;
  readonly #limits: Limits;
  readonly #hold: Hold;
  #timer: NodeJS.Timeout | null = null;
  #bytes = 0;
  #isGone = false;
  #isOver = false;
  #onGone: () => void = () => undefined;

  constructor(client: ServerResponse, limits: Limits, hold: Hold) {
    this.#client = client;
    this.#limits = limits;
    this.#hold = hold;
    if (client.closed || client.destroyed) this.#gone();
    else client.once('close', this.#gone);
  }

  get isClientGone(): boolean {
    return this.#isGone;
  }

  /** Called when the client goes, and at once where it is gone. */
  onGone(listener: () => void): void {
    this.#onGone = listener;
    if (this.#isGone) listener();
  }

  /** Of the answer, while it is read for nobody. */
  read(bytes: number): void {
    if (!this.#isGone) return;
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.drainBytesMax) this.#hold.giveUp();
  }

  /** The answer is over. */
  over(): void {
    this.#isOver = true;
    this.#client.off('close', this.#gone);
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#hold.end();
  }

  readonly #gone = () => {
    if (this.#isGone || this.#isOver) return;
    this.#isGone = true;
    if (this.#hold.begin()) this.#timer = setTimeout(this.#hold.giveUp, this.#limits.drainMs);
    else this.#hold.giveUp();
    this.#onGone();
  };
}
