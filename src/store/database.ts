// The one door to PostgreSQL: a pool, typed queries, and transactions that outlive a lost connection.
import {
  CamelCasePlugin,
  type ControlledTransaction,
  Kysely,
  PostgresDialect,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { sleep } from '../stdx/sleep.ts';
import { asMooseError, isConnectionLoss, isSerializationConflict } from './database-failure.ts';
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

export function openDatabase(url: string, options: { connectionsMax?: number } = {}): Database {
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
  pool.on('connect', (client) => client.on('error', () => undefined));
  const query = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  const run = <T>(work: (query: Query) => Promise<T>, signal?: AbortSignal) =>
    reconnecting(() => work(query), signal);
  return {
    url,
    query,
    run,
    transaction: (work, signal) => reconnecting(() => query.transaction().execute(work), signal),
    close: () => query.destroy(),
  };
}

async function reconnecting<T>(operation: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const startedMs = performance.now();
  for (let delayMs = reconnectDelayMsFirst; ; delayMs = Math.min(delayMs * 2, reconnectDelayMsMax)) {
    signal?.throwIfAborted();
    try {
      return await operation();
    } catch (cause) {
      const isLost = isConnectionLoss(cause);
      if (!isLost && !isSerializationConflict(cause)) throw asMooseError(cause);
      if (performance.now() - startedMs > reconnectMsMax) throw asMooseError(cause);
      await sleep(delayMs, signal);
    }
  }
}
