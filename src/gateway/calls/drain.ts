// When a client disconnects, the gateway reads the rest of its answer to get the usage at the end, within limits on
// number, time and size (R-BUD-5).
import type { ServerResponse } from 'node:http';
import type { GatewayLimits } from '../limits.ts';

type Limits = Pick<GatewayLimits, 'drainsMax' | 'drainBytesMax' | 'drainMs'>;

/** Counts the answers that are read without a client; there is one per gateway. */
export class Drains {
  readonly #limits: Limits;
  #count = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Number of answers that are being read without a client. */
  get count(): number {
    return this.#count;
  }

  /** Calls `giveUp` when the client is gone and nobody will read the usage. */
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
  /** False if too many answers are already being read without a client. */
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

  /** Calls the listener when the client disconnects, or immediately if it already has. */
  onGone(listener: () => void): void {
    this.#onGone = listener;
    if (this.#isGone) listener();
  }

  /** Bytes of the answer that were read without a client. */
  read(bytes: number): void {
    if (!this.#isGone) return;
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.drainBytesMax) this.#hold.giveUp();
  }

  /** Called when the answer has ended. */
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
