// The only access to PostgreSQL: a pool, typed queries, and transactions that survive a lost connection.
import { CamelCasePlugin, type ControlledTransaction, Kysely, type Transaction } from 'kysely';
import pg from 'pg';
import { isMooseError } from '../domain/failure.ts';
import { withJitter } from '../resilience/backoff.ts';
import { followFaults, type OnFault } from '../resilience/met-faults.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { connectMsMax, endPool, keptAlive, limitOnServer } from './connection/connection.ts';
import {
  asMooseError,
  commitUnclear,
  isConnectionLoss,
  isInterrupted,
  isParameterRefused,
  isRefusedForNow,
  isSerializationConflict,
  rememberBackends,
  tellWhatEnded,
} from './connection/database-failure.ts';
import { guardTexts } from './connection/guard-texts.ts';
import { inTransaction } from './connection/in-transaction.ts';
import {
  answerLast,
  NumberedDialect,
  numberOf,
  outcomeOf,
  type TransactionNumber,
} from './connection/numbered-dialect.ts';
import { preparedNames } from './connection/prepared-names.ts';
import { watchSilence } from './connection/silent-connections.ts';
import { sparingPool } from './connection/sparing-pool.ts';
import { enterOwnSchema } from './schema/own-schema.ts';
import type { Tables } from './schema/tables.ts';

export type Query = Kysely<Tables> | Transaction<Tables> | ControlledTransaction<Tables>;

export interface Database {
  readonly url: string;
  readonly query: Kysely<Tables>;
  /**
   * Runs `work` in one transaction, and again after a lost connection, unless the lost answer was that of a successful
   * commit. `work` may run more than once; its writes happen once.
   */
  transaction<T>(
    work: (query: Query) => Promise<T>,
    signal?: AbortSignal,
    isolation?: 'repeatable read',
  ): Promise<T>;
  /**
   * Runs reads or idempotent writes, and repeats them after a lost connection. `work` must not
   * run statements concurrently: if two of them failed, only one failure would be reported.
   */
  run<T>(work: (query: Query) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** How many queries wait for a connection of the pool. */
  waiting(): number;
  /**
   * Ends the connections that are not in use. The server keeps for each one all that it has looked up and prepared for it: 30 MB
   * after some work orders.
   */
  endIdle(): Promise<void>;
  close(): Promise<void>;
}

/** How long to wait for a lost database before the wait fails. */
const reconnectMsMax = 60 * 60_000;
const reconnectDelayMsFirst = 25;
const reconnectDelayMsMax = 1_000;
/** How long a transaction with a lost connection may take to end. */
const endMsMax = 60_000;
const endLookEveryMs = 20;
/** How often an interrupted statement is repeated: a time limit of the server would interrupt it each time. */
const interruptionsMax = 3;
/** How long an unanswered query may delay a stop. */
const hungMsMax = 2_000;

const bigintOid = 20;
const types = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === bigintOid
      ? (value: string) => BigInt(value)
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export interface DatabaseOptions {
  connectionsMax?: number;
  /** Called for every failure that leads to a wait here. */
  onFault?: OnFault;
}

export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const silence = watchSilence(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connectionsMax ?? 16,
    connectionTimeoutMillis: connectMsMax,
    // It ends those itself that are not needed.
    idleTimeoutMillis: 0,
    ...keptAlive,
    types,
    application_name: 'moose',
    onConnect: async (client) => {
      rememberBackends(client);
      silence.add(client);
      await limitOnServer(client);
      await enterOwnSchema(client);
    },
  });
  // A dead connection is replaced at the next query, and the interrupted query reports the loss. Without a listener,
  // the loss would end the process. The pool listens on an idle connection; a connection in a transaction has its own
  // listener.
  pool.on('error', () => undefined);
  const preparedName = preparedNames();
  pool.on('connect', (client) => guardTexts(client, preparedName));
  pool.on('connect', answerLast);
  pool.on('connect', tellWhatEnded);
  const sparing = sparingPool(pool);
  const query = new Kysely<Tables>({
    dialect: new NumberedDialect({ pool: sparing }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  const reconnecting = <T>(operation: () => Promise<T>, signal?: AbortSignal) =>
    untilConnected(operation, options.onFault, signal);
  return {
    url,
    query,
    run: (work, signal) => reconnecting(() => work(query), signal),
    transaction: (work, signal, isolation) =>
      reconnecting(transactionOf(query, work, signal, isolation), signal),
    waiting: sparing.waiting,
    endIdle: sparing.endIdle,
    close: () => endPool(pool, silence),
  };
}

/** Repeats a transaction until one is known to be committed. */
function transactionOf<T>(
  query: Kysely<Tables>,
  work: (query: Query) => Promise<T>,
  signal?: AbortSignal,
  isolation?: 'repeatable read',
): () => Promise<T> {
  let unclear: { number: TransactionNumber; value: T } | undefined;
  return async () => {
    if (unclear && (await isCommitted(query, unclear.number, signal))) return unclear.value;
    unclear = undefined;
    const noted = async (transaction: ControlledTransaction<Tables>) => {
      const value = await work(transaction);
      const number = await numberOf(transaction);
      if (number !== null) unclear = { number, value };
      return value;
    };
    return inTransaction(query, noted, isolation);
  };
}

/**
 * Waits for the end of the transaction: the server may still be working on it, because it does not know that the
 * connection is lost. @throws TransientError `DATABASE_COMMIT_UNCLEAR`: the caller has to read what is there
 */
async function isCommitted(query: Query, number: TransactionNumber, signal?: AbortSignal): Promise<boolean> {
  const deadlineMs = performance.now() + endMsMax;
  for (;;) {
    const outcome = await knownOutcome(query, number);
    if (outcome === 'unclear') throw commitUnclear(number.xid, 'crashed');
    if (outcome !== 'in progress') return outcome === 'committed';
    if (performance.now() > deadlineMs) throw commitUnclear(number.xid, 'running');
    await sleep(endLookEveryMs, signal);
  }
}

async function knownOutcome(query: Query, number: TransactionNumber) {
  try {
    return await outcomeOf(query, number);
  } catch (cause) {
    // The server was restored from a backup or replaced by a standby, where this transaction never existed.
    if (isParameterRefused(cause)) return null;
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
  let interruptions = 0;
  try {
    for (let delayMs = reconnectDelayMsFirst; ; delayMs = Math.min(delayMs * 2, reconnectDelayMsMax)) {
      signal?.throwIfAborted();
      try {
        const value = await unlessHung(operation(), onFault, signal);
        isRecovered = true;
        return value;
      } catch (cause) {
        const failure = asMooseError(cause);
        if (isInterrupted(cause)) interruptions += 1;
        const isOver = interruptions > interruptionsMax || performance.now() - startedMs > reconnectMsMax;
        if (!isWaitedOut(cause) || isOver || !isMooseError(failure)) throw failure;
        faults.met(failure, !('backendPid' in failure.metadata));
      }
      await sleep(withJitter(delayMs, Math.random), signal);
    }
  } finally {
    faults.ended(isRecovered);
  }
}

const isWaitedOut = (cause: unknown) =>
  isConnectionLoss(cause) || isSerializationConflict(cause) || isRefusedForNow(cause) || isInterrupted(cause);

/**
 * When the signal is aborted, running work gets a short time to end; after that, nobody waits for it, but its failure
 * is still reported.
 */
async function unlessHung<T>(
  pending: Promise<T>,
  onFault: OnFault | undefined,
  signal?: AbortSignal,
): Promise<T> {
  if (!signal) return pending;
  const given = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => {
    given.reject(signal.reason);
    pending.catch((cause: unknown) => {
      const failure = asMooseError(cause);
      if (isWaitedOut(cause) && isMooseError(failure)) onFault?.(failure).resolved(false);
    });
  };
  const onAbort = () => {
    timer = setTimeout(giveUp, hungMsMax);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([pending, given.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }
}
