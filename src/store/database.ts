// The one door to PostgreSQL: a pool, typed queries, and transactions that outlive a lost connection.
import {
  CamelCasePlugin,
  type ControlledTransaction,
  Kysely,
  PostgresDialect,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { isMooseError } from '../domain/failure.ts';
import { withJitter } from '../resilience/backoff.ts';
import { followFaults, type OnFault } from '../resilience/met-faults.ts';
import { sleep } from '../stdx/sleep.ts';
import {
  asMooseError,
  isConnectionLoss,
  isSerializationConflict,
  rememberBackends,
} from './database-failure.ts';
import { guardTexts } from './guard-texts.ts';
import type { Tables } from './tables.ts';

export type Query = Kysely<Tables> | Transaction<Tables> | ControlledTransaction<Tables>;

export interface Database {
  readonly url: string;
  readonly query: Kysely<Tables>;
  /** Runs `work` in one transaction; on a lost connection it is run again, so it must name the state it expects. */
  transaction<T>(work: (query: Query) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Runs reads or idempotent writes, again after a lost connection. */
  run<T>(work: (query: Query) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** How long a lost database is waited for before the loss is an error. */
const reconnectMsMax = 60 * 60_000;
const reconnectDelayMsFirst = 25;
const reconnectDelayMsMax = 1_000;

const bigintOid = 20;
const types = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === bigintOid
      ? (value: string) => BigInt(value)
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export interface DatabaseOptions {
  connectionsMax?: number;
  /** Told of every failure that is waited out here. */
  onFault?: OnFault;
}

export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connectionsMax ?? 16,
    connectionTimeoutMillis: 5_000,
    types,
    application_name: 'moose',
  });
  // A connection that dies is replaced at the next query, and the query that it interrupts says so. Without a listener
  // the death would end the process: on the pool for one that is idle, on itself for one that is in a transaction.
  pool.on('error', () => undefined);
  pool.on('connect', rememberBackends);
  pool.on('connect', guardTexts);
  const query = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  const reconnecting = <T>(operation: () => Promise<T>, signal?: AbortSignal) =>
    untilConnected(operation, options.onFault, signal);
  return {
    url,
    query,
    run: (work, signal) => reconnecting(() => work(query), signal),
    transaction: (work, signal) => reconnecting(() => inTransaction(query, work), signal),
    close: () => query.destroy(),
  };
}

async function inTransaction<T>(query: Kysely<Tables>, work: (query: Query) => Promise<T>): Promise<T> {
  const transaction = await query.startTransaction().execute();
  try {
    const value = await work(transaction);
    await transaction.commit().execute();
    return value;
  } catch (cause) {
    // Where the connection is lost there is nothing to roll back, and what was lost first says more.
    await transaction
      .rollback()
      .execute()
      .catch(() => undefined);
    throw cause;
  }
}

async function untilConnected<T>(
  operation: () => Promise<T>,
  onFault: OnFault | undefined,
  signal?: AbortSignal,
): Promise<T> {
  const startedMs = performance.now();
  const faults = followFaults(onFault);
  let isRecovered = false;
  try {
    for (let delayMs = reconnectDelayMsFirst; ; delayMs = Math.min(delayMs * 2, reconnectDelayMsMax)) {
      signal?.throwIfAborted();
      try {
        const value = await operation();
        isRecovered = true;
        return value;
      } catch (cause) {
        const failure = asMooseError(cause);
        const isWaitedOut = isConnectionLoss(cause) || isSerializationConflict(cause);
        const isLate = performance.now() - startedMs > reconnectMsMax;
        if (!isWaitedOut || isLate || !isMooseError(failure)) throw failure;
        faults.met(failure);
      }
      await sleep(withJitter(delayMs, Math.random), signal);
    }
  } finally {
    faults.ended(isRecovered);
  }
}
