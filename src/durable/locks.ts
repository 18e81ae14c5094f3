// Session advisory locks on one connection: the server frees them the moment their holder's connection dies,
// so a lock that is held proves that its holder lives. No heartbeat, no clock.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { TransientError } from '../domain/failure.ts';
import { sleep } from '../stdx/sleep.ts';

/** How long a lost connection is fought for before the process has to stop its work. */
const reconnectMsMax = 10_000;
const reconnectDelayMs = 50;

export interface Locks {
  /** False where another process holds it. Taking one that this process holds already is our own mistake. */
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
  close(): Promise<void>;
}

/** `onLost` is called once when the connection could not be won back: whatever the locks guarded must stop. */
export async function openLocks(url: string, onLost: (error: TransientError) => void): Promise<Locks> {
  const held = new Set<string>();
  let isClosed = false;
  let client = await connect(url, watch);

  function watch(cause: Error) {
    if (isClosed) return;
    ready = regain(cause);
    ready.catch(() => undefined);
  }

  async function regain(cause: Error): Promise<void> {
    const deadlineMs = performance.now() + reconnectMsMax;
    while (!isClosed && performance.now() < deadlineMs) {
      try {
        client = await connect(url, watch);
        for (const name of held) if (!(await lock(client, name))) throw new Error(`"${name}" was taken meanwhile`);
        return;
      } catch {
        await sleep(reconnectDelayMs);
      }
    }
    if (isClosed) return;
    const lost = new TransientError({
      code: 'EXECUTOR_LOCK_LOST',
      component: 'durable',
      operation: 'locks',
      message: 'The connection that proves this process alive was lost and could not be won back.',
      advice: 'Check the database and start Moose again; its work is taken up from the last finished step.',
      cause,
    });
    onLost(lost);
    throw lost;
  }

  let ready: Promise<void> = Promise.resolve();
  // One statement at a time: a connection has one conversation.
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(async () => {
      await ready;
      return work();
    });
    turn = result.catch(() => undefined);
    return result;
  }

  return {
    tryLock: (name) =>
      inTurn(async () => {
        if (held.has(name)) throw new TypeError(`The lock "${name}" is already held by this process`);
        const isMine = await lock(client, name);
        if (isMine) held.add(name);
        return isMine;
      }),
    unlock: (name) =>
      inTurn(async () => {
        held.delete(name);
        await client.query('select pg_advisory_unlock($1)', [keyOf(name)]).catch(() => undefined);
      }),
    close: async () => {
      isClosed = true;
      await client.end().catch(() => undefined);
    },
  };
}

async function connect(url: string, onEnd: (cause: Error) => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'moose locks',
    connectionTimeoutMillis: 2_000,
    keepAlive: true,
  });
  let isOpen = false;
  let isOver = false;
  const over = (cause: Error) => {
    if (isOver) return;
    isOver = true;
    client.end().catch(() => undefined);
    if (isOpen) onEnd(cause);
  };
  client.on('error', over);
  client.on('end', () => over(new Error('The connection ended')));
  await client.connect();
  isOpen = true;
  return client;
}

async function lock(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [keyOf(name)]);
  return rows[0]?.mine === true;
}

/** The first 63 bits of the name's SHA-256, in decimal, as PostgreSQL takes a bigint key. */
function keyOf(name: string): string {
  return BigInt.asIntN(64, createHash('sha256').update(`moose:${name}`).digest().readBigUInt64BE()).toString();
}
