// COPY as streams, row by row: a table of any size passes through a bounded amount of memory.
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { socketOf } from '../connection/socket-of.ts';

/** The connection that `pg` passes to a query that handles the protocol itself. */
interface CopyConnection {
  readonly stream: Duplex;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** While more than this waits to be consumed, nothing more is read from the server. */
const waitingBytesMax = 1024 * 1024;

/** The parts of COPY that both directions share; `pg` calls the methods. */
class Copy {
  readonly text: string;
  readonly ended: Promise<number>;
  protected readonly settle: PromiseWithResolvers<number>;
  #rows = 0;

  constructor(text: string) {
    this.text = text;
    this.settle = Promise.withResolvers<number>();
    this.ended = this.settle.promise;
    // The consumer awaits it later; until then, a failure must not count as unhandled.
    void Promise.allSettled([this.ended]);
  }

  submit(connection: CopyConnection): void {
    connection.query(this.text);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.settle.resolve(this.#rows);
  }

  handleError(cause: Error): void {
    this.settle.reject(cause);
  }
}

class CopyOut extends Copy {
  readonly waiting: Buffer[] = [];
  #waitingBytes = 0;
  #connection: CopyConnection | undefined;
  #wake = Promise.withResolvers<void>();

  override submit(connection: CopyConnection): void {
    this.#connection = connection;
    super.submit(connection);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    // `pg` reuses the memory of its message.
    this.waiting.push(Buffer.from(chunk));
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > waitingBytesMax) this.#connection?.stream.pause();
    this.#wake.resolve();
  }

  /** Everything that has arrived; empty at the end. */
  async next(): Promise<Buffer[]> {
    if (this.waiting.length === 0) {
      this.#wake = Promise.withResolvers<void>();
      await Promise.race([this.#wake.promise, this.ended]);
    }
    const taken = this.waiting.splice(0);
    this.#waitingBytes = 0;
    this.#connection?.stream.resume();
    return taken;
  }
}

/** Yields the output of `copy … to stdout`, and returns the number of rows. */
export async function* copyOut(client: pg.Client, statement: string): AsyncGenerator<Buffer, number> {
  const copy = new CopyOut(statement);
  client.query(copy as unknown as pg.Submittable);
  let isOver = false;
  try {
    for (let taken = await copy.next(); taken.length > 0; taken = await copy.next()) yield* taken;
    const rows = await copy.ended;
    isOver = true;
    return rows;
  } finally {
    // If the consumer stops early, unread rows remain, so the connection cannot be used any more.
    if (!isOver) socketOf(client)?.destroy();
  }
}

class CopyIn extends Copy {
  readonly #ready = Promise.withResolvers<CopyConnection>();

  /** Rejects if the server refuses the statement. */
  async ready(): Promise<CopyConnection> {
    const refused = this.ended.then(() => Promise.reject(new TypeError('The server did not start to copy')));
    return Promise.race([this.#ready.promise, refused]);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.#ready.resolve(connection);
  }
}

/** Feeds `copy … from stdin`, and returns the number of rows. */
export async function copyIn(
  client: pg.Client,
  statement: string,
  chunks: AsyncIterable<Buffer>,
): Promise<number> {
  const copy = new CopyIn(statement);
  client.query(copy as unknown as pg.Submittable);
  const connection = await copy.ready();
  try {
    for await (const chunk of chunks) {
      connection.sendCopyFromChunk(chunk);
      if (connection.stream.writableNeedDrain)
        await Promise.race([once(connection.stream, 'drain'), copy.ended]);
    }
  } catch (cause) {
    connection.sendCopyFail('the input ended early');
    throw cause;
  }
  connection.endCopyFrom();
  return copy.ended;
}
