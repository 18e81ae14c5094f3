// The one door to PostgreSQL: a pool, typed queries, and transactions that outlive a lost connection.
import {
  CamelCasePlugin,
  type ControlledTransaction,
  Kysely,
  PostgresDialect,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { isMooseError, PermanentError, TransientError } from '../domain/failure.ts';
import { sleep } from '../stdx/sleep.ts';
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
const reconnectMsMax = 10 * 60_000;
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
  // A connection that dies while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
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

const connectionLossCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // admin_shutdown, crash_shutdown, cannot_connect_now, connection_exception and its kin, too_many_connections
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '08001',
  '08004',
  '53300',
]);
// What `pg` says without a code; it has no other way to tell.
const connectionLossTexts = [
  'Connection terminated',
  'Client has encountered a connection error',
  'timeout exceeded when trying to connect',
  'Connection ended unexpectedly',
  'Client was closed',
];

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && connectionLossCodes.has(code)) return true;
  return error instanceof Error && connectionLossTexts.some((text) => error.message.includes(text));
}

function isSerializationConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/** SQLSTATEs that Moose's own triggers and functions raise. */
const ownCodes: Record<string, string> = {
  MS001: 'INVALID_STATE_TRANSITION',
  MS002: 'COUNTER_WENT_BACK',
  MS003: 'WORK_ORDER_PARKED',
  MS010: 'RESERVATION_INVALID',
};

function asMooseError(cause: unknown): unknown {
  const code = codeOf(cause);
  if (isMooseError(cause) || !(cause instanceof Error) || code === undefined) return cause;
  const fields = { component: 'store', operation: 'query', message: cause.message, cause };
  const ownCode = ownCodes[code];
  if (ownCode) return new PermanentError({ ...fields, code: ownCode });
  if (isConnectionLoss(cause)) {
    return new TransientError({
      ...fields,
      code: 'DATABASE_AWAY',
      message: `The database cannot be reached: ${cause.message}`,
      advice: 'Start the database, or check DATABASE_URL; work goes on by itself once it is back.',
    });
  }
  if (/^[0-9A-Z]{5}$/.test(code)) {
    return new PermanentError({ ...fields, code: 'DATABASE_REFUSED', metadata: { sqlstate: code } });
  }
  return cause;
}
