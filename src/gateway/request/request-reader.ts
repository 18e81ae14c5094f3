// Reads a request without blocking others: small requests immediately, large ones in a separate thread.
import type { GatewayLimits } from '../limits.ts';
import { UsageChunkFilter } from '../wire/openai/usage-chunk-filter.ts';
import type { ReadCall, Refusal, Wire, WireRequest } from '../wire/wire.ts';
import { type Reading, type ReadingTask, tooMuch } from './reading.ts';
import { createReadingPool, type ReadingPool } from './reading-pool.ts';
import type { ReadingReply } from './reading-worker.ts';
import { shapeOf } from './request-shape.ts';

/** The request as the wire reads it; a request that was read in a thread is also rendered there. */
export type RequestRead = Omit<ReadCall, 'render'> & {
  render(outputTokensMax: number): Buffer | Promise<Buffer>;
};

/** A request of this size takes about a millisecond to read; larger ones go to a thread. */
const bytesHereMax = 64 * 1_024;
const valuesHereMax = 4_000;

export class RequestReader {
  readonly #pool: ReadingPool;
  readonly #limits: GatewayLimits;

  constructor(limits: GatewayLimits) {
    this.#limits = limits;
    this.#pool = createReadingPool(limits.reading);
  }

  /** Transfers the request's body to the thread. @throws CallRefused */
  async read(
    keyId: string,
    wire: Wire,
    request: WireRequest,
    signal: AbortSignal,
  ): Promise<RequestRead | { refusal: Refusal }> {
    if (request.body.length <= bytesHereMax) {
      const { values, problem } = shapeOf(request.body);
      if (problem !== null) return { refusal: tooMuch(problem) };
      if (values <= valuesHereMax) return wire.read(request);
    }
    const { outputTokensDefault, outputTokensMax } = this.#limits;
    const limits = { outputTokensDefault, outputTokensMax };
    return this.#readElsewhere(keyId, { wire: wire.name, request, limits, outputTokensMax: null }, signal);
  }

  close(): void {
    this.#pool.close();
  }

  async #readElsewhere(
    keyId: string,
    task: ReadingTask,
    signal: AbortSignal,
  ): Promise<RequestRead | { refusal: Refusal }> {
    const { reading, body } = await this.#ask(keyId, task, signal);
    if ('refusal' in reading) return reading;
    const { hasFilter, ...fields } = reading.read;
    const { rendered } = reading;
    return {
      ...fields,
      filter: hasFilter ? () => new UsageChunkFilter() : null,
      // The ledger rarely grants less than requested; then the request is read and written once more.
      render: async (outputTokensMax) => {
        if (outputTokensMax === rendered.outputTokensMax) return rendered.body;
        const again = { ...task, request: { ...task.request, body }, outputTokensMax };
        const { reading: other } = await this.#ask(keyId, again, signal);
        if ('refusal' in other) throw new TypeError('A request that was read cannot be read again.');
        return other.rendered.body;
      },
    };
  }

  async #ask(
    keyId: string,
    task: ReadingTask,
    signal: AbortSignal,
  ): Promise<{ reading: Reading; body: Buffer }> {
    const { reading, body }: ReadingReply = await this.#pool.run(keyId, task, signal);
    if ('rendered' in reading) reading.rendered.body = asBuffer(reading.rendered.body);
    return { reading, body: asBuffer(body) };
  }
}

/** A Buffer that a thread posts arrives as a plain Uint8Array. */
function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
