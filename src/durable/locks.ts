// Session advisory locks on one connection: the server releases them when their holder's connection dies, so a free
// lock proves that its holder is gone. A held lock does not prove that its holder is alive; the lease does.

import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { TransientError } from '../domain/failure.ts';
import { backoffMs } from '../resilience/backoff.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { type ConnectionOptions, endConnection, openConnection } from '../store/connection/connection.ts';
import { isConnectionLoss } from '../store/connection/database-failure.ts';
import { preparedNames } from '../store/connection/prepared-names.ts';
import { durableFailures } from './failure-catalogue.ts';

/**
 * How long to try to restore a lost connection before the process gives up. Until then it can write nothing, so waiting
 * is harmless; and a process that had ended would be missing when the database comes back at night.
 */
const reconnectMsMaxDefault = 60 * 60_000;
/**
 * The delay and the time limit both grow: if many processes lose their connections at the same time, they must not
 * overload the server.
 */
const reconnectDelay = { baseMs: 50, multiplier: 2, maxMs: 2_000 };
const connectLimit = { baseMs: 2_000, multiplier: 2, maxMs: 15_000 };

/** What happens if another process took the lock during the lost connection. */
export type OnTaken = 'all is lost' | 'let it go';

export interface Locks {
  /**
   * Returns false if another process holds the lock. Taking a lock that this process already holds is a bug. `let it
   * go`: another process may temporarily hold the lock too.
   */
  tryLock(name: string, onTaken?: OnTaken): Promise<boolean>;
  unlock(name: string): Promise<void>;
  /** A statement on the connection that holds the locks: it detects a silent connection. */
  ask<Row extends pg.QueryResultRow>(statement: string, values: unknown[]): Promise<Row[]>;
  /** The time since a lost connection was last restored; infinite if none was ever lost. */
  restoredForMs(): number;
  close(): Promise<void>;
}

export interface LocksOptions {
  /** Called once if the connection could not be restored: whatever the locks guarded must stop. */
  onLost(error: TransientError): void;
  /** Once aborted, a lost connection is not restored, and nothing waits for it. */
  signal?: AbortSignal;
  reconnectMsMax?: number | undefined;
}

export async function openLocks(url: string, options: LocksOptions): Promise<Locks> {
  const locks = new ConnectionLocks(url, options);
  await locks.open();
  return locks;
}

class ConnectionLocks implements Locks {
  readonly #url: string;
  readonly #options: LocksOptions;
  readonly #held = new Map<string, OnTaken>();
  readonly #close = new AbortController();
  readonly #stopped: AbortSignal;
  /** A process reports with the same statement all its life: the server need not plan it each time. */
  readonly #nameOf = preparedNames();
  /** Undefined while a lost connection is being restored. */
  #client: pg.Client | undefined;
  /** The server process of the newest connection: it may outlive the connection, with all its locks. */
  #backend: Backend | undefined;
  #restoredAtMs = Number.NEGATIVE_INFINITY;
  /** Settled while there is a connection; pending while a lost one is being restored. */
  #ready: Promise<void> = Promise.resolve();
  /** One statement at a time on a connection. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(url: string, options: LocksOptions) {
    const closed = this.#close.signal;
    this.#url = url;
    this.#options = options;
    this.#stopped = options.signal ? AbortSignal.any([options.signal, closed]) : closed;
  }

  async open(): Promise<void> {
    const opened = await connect(this.#url, { connectMsMax: connectLimit.maxMs }, (client, cause) =>
      this.#lose(client, cause),
    );
    this.#client = opened.client;
    this.#backend = opened.backend;
  }

  tryLock(name: string, onTaken: OnTaken = 'all is lost'): Promise<boolean> {
    return this.#inTurn(async (client) => {
      if (this.#held.has(name)) throw new TypeError(`The lock "${name}" is already held by this process`);
      const isMine = await lock(client, name);
      if (isMine) this.#held.set(name, onTaken);
      return isMine;
    });
  }

  unlock(name: string): Promise<void> {
    return this.#inTurn(async (client) => {
      // The lock may have been released meanwhile.
      if (!this.#held.delete(name)) return;
      // A connection that dies here has released the lock anyway.
      await client.query('select pg_advisory_unlock($1)', [keyOf(name)]).catch(() => undefined);
    });
  }

  ask<Row extends pg.QueryResultRow>(statement: string, values: unknown[]): Promise<Row[]> {
    const name = this.#nameOf(statement);
    const query = { text: statement, values, ...(name === undefined ? {} : { name }) };
    return this.#inTurn(async (client) => (await client.query<Row>(query)).rows);
  }

  restoredForMs(): number {
    return performance.now() - this.#restoredAtMs;
  }

  async close(): Promise<void> {
    this.#close.abort(new DOMException('Moose is stopping', 'AbortError'));
    if (this.#client) await endConnection(this.#client);
  }

  #inTurn<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => this.#onConnection(work));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** A statement that failed with the connection is repeated on the next one. */
  async #onConnection<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    for (;;) {
      await this.#ready;
      const client = this.#client;
      if (!client) throw new TypeError('The locks are not open');
      try {
        return await work(client);
      } catch (cause) {
        if (this.#stopped.aborted || !(cause instanceof Error && isConnectionLoss(cause))) throw cause;
        this.#lose(client, cause);
      }
    }
  }

  /** A connection that was never used may end without notice. */
  #lose(client: pg.Client, cause: Error): void {
    if (this.#stopped.aborted || client !== this.#client) return;
    this.#client = undefined;
    this.#ready = this.#regain(cause);
    this.#ready.catch(() => undefined);
  }

  async #regain(cause: Error): Promise<void> {
    const deadlineMs = performance.now() + (this.#options.reconnectMsMax ?? reconnectMsMaxDefault);
    for (let tries = 0; !this.#stopped.aborted && performance.now() < deadlineMs; tries++) {
      if (await this.#regainOnce(backoffMs(connectLimit, tries, Math.random))) return;
      await sleep(backoffMs(reconnectDelay, tries, Math.random), this.#stopped);
    }
    this.#stopped.throwIfAborted();
    const lost = durableFailures.EXECUTOR_LOCK_LOST({ operation: 'locks', cause });
    this.#options.onLost(lost);
    throw lost;
  }

  /** A new connection with every lock that was held; false if that fails, or if another process holds one of them. */
  async #regainOnce(connectMsMax: number): Promise<boolean> {
    try {
      const { client, backend, hasEnded } = await connect(
        this.#url,
        { connectMsMax, signal: this.#stopped },
        (ended, cause) => this.#lose(ended, cause),
      );
      if (this.#backend) await endBackend(client, this.#backend);
      const isRegained = !this.#stopped.aborted && (await this.#lockAllAgain(client));
      if (!isRegained || this.#stopped.aborted || hasEnded()) {
        await endConnection(client);
        return false;
      }
      this.#client = client;
      this.#backend = backend;
      this.#restoredAtMs = performance.now();
      return true;
    } catch {
      return false;
    }
  }

  async #lockAllAgain(client: pg.Client): Promise<boolean> {
    for (const [name, onTaken] of this.#held) {
      if (await lock(client, name)) continue;
      if (onTaken === 'all is lost') return false;
      this.#held.delete(name);
    }
    return true;
  }
}

interface Backend {
  pid: number;
  startedAt: string;
}

async function connect(
  url: string,
  options: Pick<ConnectionOptions, 'connectMsMax' | 'signal'>,
  onEnd: (client: pg.Client, cause: Error) => void,
): Promise<{ client: pg.Client; backend: Backend | undefined; hasEnded: () => boolean }> {
  let isOver = false;
  let client: pg.Client | undefined;
  client = await openConnection(url, {
    applicationName: 'moose locks',
    ...options,
    onEnd: (cause) => {
      isOver = true;
      if (client) onEnd(client, cause);
    },
  });
  const { rows } = await client.query<Backend>(
    `select pid, backend_start::text as "startedAt" from pg_stat_activity where pid = pg_backend_pid()`,
  );
  return { client, backend: rows[0], hasEnded: () => isOver };
}

/**
 * A lost connection of this process keeps its locks until the server notices. It has the same role, so this process may
 * end it.
 */
async function endBackend(client: pg.Client, { pid, startedAt }: Backend): Promise<void> {
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and backend_start::text = $2',
    [pid, startedAt],
  );
}

/** Ends the connection that holds the lock, which releases all its locks. */
export const endHolderSql = `select pg_terminate_backend(pid) from pg_locks
  where locktype = 'advisory' and objsubid = 1 and granted and pid <> pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())
    and (classid::bigint << 32) | objid::bigint = $1::bigint`;

async function lock(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
    keyOf(name),
  ]);
  return rows[0]?.mine === true;
}

/** The first 63 bits of the name's SHA-256, in decimal, as a PostgreSQL bigint key. */
export function keyOf(name: string): string {
  return BigInt.asIntN(
    64,
    createHash('sha256').update(`moose:${name}`).digest().readBigUInt64BE(),
  ).toString();
}
