// Passes an answer on byte for byte, no faster than the client reads, and reads its cost on the way.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Drain } from './drain.ts';
import type { GatewayLimits } from './limits.ts';
import type { AnswerFilter } from './wire/wire.ts';

export interface RelayOptions {
  answer: IncomingMessage;
  client: ServerResponse;
  drain: Drain;
  /** Sees every byte from the provider, before the client does. */
  see(chunk: Buffer): void;
  filter: AnswerFilter | null;
  /** The last bytes wait here until the caller releases them. */
  isHeldBack: boolean;
  limits: Pick<GatewayLimits, 'idleMs' | 'stallMs'>;
}

export interface RelayEnd {
  /** `whole`: the HTTP message is complete; `idle`: nothing arrived for too long. */
  how: 'whole' | 'cut' | 'idle';
  /** By `performance.now()`; null if no byte arrived. */
  firstByteAtMs: number | null;
  /** The bytes to send at the end. */
  rest: Buffer;
}

export function relay(options: RelayOptions): Promise<RelayEnd> {
  return new Promise((resolve) => new Relay(options, resolve).begin());
}

const nothing = Buffer.alloc(0);

class Relay {
  readonly #options: RelayOptions;
  readonly #resolve: (end: RelayEnd) => void;
  #held: Buffer = nothing;
  #firstByteAtMs: number | null = null;
  #isWhole = false;
  #isIdle = false;
  #idle: NodeJS.Timeout | undefined;
  #stall: NodeJS.Timeout | undefined;

  constructor(options: RelayOptions, resolve: (end: RelayEnd) => void) {
    this.#options = options;
    this.#resolve = resolve;
  }

  begin(): void {
    const { answer, client, drain, limits } = this.#options;
    this.#idle = setTimeout(() => this.#endIdle(), limits.idleMs);
    client.on('drain', this.#goOn);
    answer.on('data', (chunk: Buffer) => this.#take(chunk));
    answer.once('end', () => {
      this.#isWhole = true;
    });
    // The event that ends the answer says whether it is complete: `close` always fires, `end` only after a complete
    // answer.
    answer.on('error', () => undefined);
    answer.once('close', () => this.#end());
    drain.onGone(this.#goOn);
  }

  #take(chunk: Buffer): void {
    const { answer, client, drain, see, filter, isHeldBack, limits } = this.#options;
    this.#firstByteAtMs ??= performance.now();
    this.#idle?.refresh();
    see(chunk);
    drain.read(chunk.length);
    if (drain.isClientGone) return;
    let passed = filter ? filter.push(chunk) : chunk;
    if (passed.length === 0) return;
    if (isHeldBack) [passed, this.#held] = [this.#held, passed];
    if (passed.length === 0 || client.write(passed)) return;
    answer.pause();
    clearTimeout(this.#idle);
    this.#stall = setTimeout(() => client.destroy(), limits.stallMs);
  }

  readonly #goOn = () => {
    const { answer, limits } = this.#options;
    if (!answer.isPaused()) return;
    clearTimeout(this.#stall);
    this.#idle = setTimeout(() => this.#endIdle(), limits.idleMs);
    answer.resume();
  };

  #endIdle(): void {
    this.#isIdle = true;
    this.#options.answer.destroy();
  }

  #end(): void {
    const { client, filter } = this.#options;
    clearTimeout(this.#idle);
    clearTimeout(this.#stall);
    client.off('drain', this.#goOn);
    const rest = filter ? Buffer.concat([this.#held, filter.end()]) : this.#held;
    const how = this.#isWhole ? 'whole' : this.#isIdle ? 'idle' : 'cut';
    this.#resolve({ how, firstByteAtMs: this.#firstByteAtMs, rest });
  }
}
