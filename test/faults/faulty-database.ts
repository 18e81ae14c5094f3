// A relay in front of PostgreSQL that sometimes breaks a connection of the pool. It knows the protocol (version 3.0,
// "Message Formats"), and so where a call begins and where a transaction is committed. Connections with other names,
// which hold locks, listen or run the queue, pass unchanged.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { beginNumbered } from '../../src/store/connection/numbered-dialect.ts';
import type { FaultPlan } from './fault-plan.ts';

export interface FaultyDatabase {
  url: string;
  stop(): Promise<void>;
}

/** The connection name that `openDatabase` uses. */
const faultyName = 'moose';

type How = 'told' | 'cut';
/**
 * Where a transaction fails: at its beginning, at its commit, or at an answer that is lost after the server has done
 * the work.
 */
type Way = { at: 'begin' | 'commit'; how: How } | { at: 'answer'; how: 'cut' };

const ways: readonly [Way, ...Way[]] = [
  { at: 'begin', how: 'told' },
  { at: 'begin', how: 'cut' },
  { at: 'commit', how: 'told' },
  { at: 'commit', how: 'cut' },
  { at: 'answer', how: 'cut' },
];

export async function startFaultyDatabase(url: string, plan: FaultPlan): Promise<FaultyDatabase> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    new Conversation(client, upstream, plan).begin();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(url);
  here.port = String((server.address() as AddressInfo).port);
  return {
    url: here.href,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

class Conversation {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #plan: FaultPlan;
  #backendPid = 0;
  /** True if the server has answered everything, and no transaction is open. */
  #isIdle = false;
  #planned: Way | undefined;
  /** The beginning of the statement or transaction that the planned fault concerns. */
  #asked = '';
  /** True if the answer that is on its way will not arrive. */
  #isAnswerLost = false;
  #isOver = false;

  constructor(client: Socket, upstream: Socket, plan: FaultPlan) {
    this.#client = client;
    this.#upstream = upstream;
    this.#plan = plan;
  }

  begin(): void {
    this.#client.once('close', () => this.#upstream.end());
    this.#upstream.once('close', () => this.#client.end());
    const started = splitMessages({ hasType: false }, (message, rest) => {
      const isFaulty = message.includes(`application_name\0${faultyName}\0`);
      this.#upstream.write(message);
      this.#client.off('data', started);
      if (isFaulty) this.#follow(rest);
      else {
        this.#upstream.write(rest);
        this.#client.pipe(this.#upstream);
        this.#upstream.pipe(this.#client);
      }
      return 'stop';
    });
    this.#client.on('data', started);
  }

  #follow(rest: Buffer): void {
    const fromClient = splitMessages({ hasType: true }, (message) => this.#ask(message));
    const fromServer = splitMessages({ hasType: true }, (message) => this.#answer(message));
    this.#upstream.on('data', fromServer);
    this.#client.on('data', fromClient);
    fromClient(rest);
  }

  #ask(message: Buffer): 'stop' | undefined {
    if (this.#isOver) return 'stop';
    // 'X' is the message that ends a connection.
    if (this.#isIdle && message[0] !== codeOf('X')) {
      this.#isIdle = false;
      this.#planned = this.#plan.next(ways);
      this.#asked = readable(message);
      const isLone = !isQuery(message, beginNumbered);
      const way = this.#planned;
      if (way?.at === 'begin' || (isLone && way?.at === 'commit')) return this.#fail(way.how, way.at);
      if (isLone && way?.at === 'answer') this.#loseAnswer();
    } else if (isQuery(message, 'commit')) {
      const way = this.#planned;
      if (way?.at === 'commit') return this.#fail(way.how, way.at);
      if (way?.at === 'answer') this.#loseAnswer();
    }
    this.#upstream.write(message);
    return undefined;
  }

  #answer(message: Buffer): undefined {
    const type = message[0];
    if (type === codeOf('K')) this.#backendPid = message.readInt32BE(5);
    const isReady = type === codeOf('Z');
    if (this.#isOver) return;
    if (this.#isAnswerLost) {
      if (isReady) this.#end(() => this.#client.destroy());
      return;
    }
    if (isReady) this.#isIdle = message[5] === codeOf('I');
    this.#client.write(message);
  }

  /** The server does its work and its whole answer is read, before the client's connection is broken. */
  #loseAnswer(): void {
    this.#isAnswerLost = true;
    this.#plan.injecting({ how: 'answer lost', asked: this.#asked, backendPid: this.#backendPid });
  }

  #fail(how: How, at: string): 'stop' {
    const id = this.#plan.injecting({
      how: `${how} at ${at}`,
      asked: this.#asked,
      ...(how === 'cut' ? { backendPid: this.#backendPid } : {}),
    });
    this.#end(() => {
      if (how === 'told') this.#client.end(shutdownMessage(id));
      else this.#client.resetAndDestroy();
    });
    return 'stop';
  }

  #end(hangUp: () => void): void {
    this.#isOver = true;
    this.#upstream.destroy();
    hangUp();
  }
}

const codeOf = (letter: string) => letter.charCodeAt(0);

function isQuery(message: Buffer, sql: string): boolean {
  return message[0] === codeOf('Q') && message.toString('utf8', 5, message.length - 1).toLowerCase() === sql;
}

const askedBytesMax = 200;

/** The text in the beginning of a message. */
const readable = (message: Buffer) =>
  message.toString('latin1', 5, Math.min(message.length, askedBytesMax)).replaceAll(/[^ -~]+/g, ' ');

/** An ErrorResponse with SQLSTATE 57P01 (admin_shutdown), as from a server that is shut down. */
function shutdownMessage(id: string): Buffer {
  const words = `terminating connection due to administrator command (${id})`;
  const fields = ['SFATAL', 'VFATAL', 'C57P01', `M${words}`].map((field) => `${field}\0`).join('');
  const body = Buffer.from(`${fields}\0`);
  const message = Buffer.alloc(5 + body.length);
  message.write('E');
  message.writeInt32BE(4 + body.length, 1);
  body.copy(message, 5);
  return message;
}

/** `take` gets each complete message and the bytes after it; if it returns 'stop', it handles the rest itself. */
function splitMessages(
  { hasType }: { hasType: boolean },
  take: (message: Buffer, rest: Buffer) => 'stop' | undefined,
): (chunk: Buffer) => void {
  const lengthAt = hasType ? 1 : 0;
  let waiting: Buffer = Buffer.alloc(0);
  return (chunk) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    while (waiting.length >= lengthAt + 4) {
      const end = lengthAt + waiting.readInt32BE(lengthAt);
      if (waiting.length < end) return;
      const message = waiting.subarray(0, end);
      waiting = waiting.subarray(end);
      if (take(message, waiting) === 'stop') return;
    }
  };
}
