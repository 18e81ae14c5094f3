// Passes an answer on byte for byte, no faster than the client reads, and reads its cost on the way.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnswerDecoder } from '../clouds/carrier.ts';
import type { GatewayLimits } from '../limits.ts';
import type { AnswerFilter } from '../wire/wire.ts';
import type { Drain } from './drain.ts';

export interface RelayOptions {
  answer: IncomingMessage;
  client: ServerResponse;
  drain: Drain;
  /** Turns a cloud's bytes into those of the protocol, before anybody sees them. */
  decoder: AnswerDecoder | null;
  /** Sees every byte of the answer, before the client does. */
  see(chunk: Buffer): void;
  filter: AnswerFilter | null;
  /** The last bytes wait here until the caller releases them. */
  isHeldBack: boolean;
  limits: Pick<GatewayLimits, 'idleMs' | 'stallMs' | 'wholeMs'>;
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
  /** Set while the headers wait for the first bytes. */
  #head: NodeJS.Immediate | undefined;
  #idle: NodeJS.Timeout | undefined;
  #stall: NodeJS.Timeout | undefined;
  #whole: NodeJS.Timeout | undefined;

  constructor(options: RelayOptions, resolve: (end: RelayEnd) => void) {
    this.#options = options;
    this.#resolve = resolve;
  }

  begin(): void {
    const { answer, client, drain, limits } = this.#options;
    // Bytes that have already arrived are sent with the headers, in one packet.
    this.#head = setImmediate(() => this.#flushHead());
    this.#idle = setTimeout(() => this.#endIdle(), limits.idleMs);
    this.#whole = setTimeout(() => this.#endIdle(), limits.wholeMs);
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
    const { answer, client, drain, decoder, see, filter, isHeldBack, limits } = this.#options;
    this.#firstByteAtMs ??= performance.now();
    this.#idle?.refresh();
    const plain = decoder ? decoder.push(chunk) : chunk;
    if (plain.length > 0) see(plain);
    drain.read(chunk.length);
    // Nothing after an unreadable part can be trusted: the answer counts as cut off.
    if (decoder?.isBroken) answer.destroy();
    if (drain.isClientGone) return;
    let passed = filter ? filter.push(plain) : plain;
    if (passed.length === 0) return;
    if (isHeldBack) [passed, this.#held] = [this.#held, passed];
    if (passed.length === 0) return;
    this.#cancelFlush();
    if (client.write(passed)) return;
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

  #cancelFlush(): void {
    clearImmediate(this.#head);
    this.#head = undefined;
  }

  #flushHead(): void {
    const { client } = this.#options;
    if (this.#head === undefined) return;
    this.#cancelFlush();
    if (!client.destroyed) client.flushHeaders();
  }

  #endIdle(): void {
    this.#isIdle = true;
    this.#options.answer.destroy();
  }

  #end(): void {
    const { client, decoder, see, filter } = this.#options;
    clearTimeout(this.#idle);
    clearTimeout(this.#stall);
    clearTimeout(this.#whole);
    client.off('drain', this.#goOn);
    const last = decoder?.end() ?? nothing;
    if (last.length > 0) see(last);
    const filtered = filter ? Buffer.concat([filter.push(last), filter.end()]) : last;
    const rest = Buffer.concat([this.#held, filtered]);
    const isReadable = decoder?.isBroken !== true;
    const how = this.#isWhole && isReadable ? 'whole' : this.#isIdle ? 'idle' : 'cut';
    if (how === 'whole') this.#cancelFlush();
    else this.#flushHead();
    this.#resolve({ how, firstByteAtMs: this.#firstByteAtMs, rest });
  }
}
