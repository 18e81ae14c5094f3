// Gives errors of the database, or of the connection to it, their codes. Errors are recognised by code, and by text
// only if `pg` has no code.

import { EventEmitter } from 'node:events';
import type pg from 'pg';
import { isMooseError, type TransientError } from '../../domain/failure.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { storeFailures } from '../failure-catalogue.ts';

const connectionLossCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // admin_shutdown, crash_shutdown, cannot_connect_now, connection_exception and related codes, too_many_connections,
  // idle_in_transaction_session_timeout: this process hung in the middle of a transaction, which is repeated;
  // idle_session_timeout
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '08001',
  '08004',
  '53300',
  '25P03',
  '57P05',
]);
// Messages of `pg` without a code.
const connectionLossTexts = [
  'Connection terminated',
  'Client has encountered a connection error',
  'timeout exceeded when trying to connect',
  'Connection ended unexpectedly',
  'Client was closed',
  'timeout expired',
  'Query read timeout',
];
/** The certificate of the server is not trusted, or it has none although one is asked for. */
const untrustedCodes =
  /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(?:_LOCALLY)?)|CERT_[A-Z_]+|ERR_TLS_[A-Z_]+|HOSTNAME_MISMATCH)$/;
const withoutTls = 'does not support SSL connections';

/** invalid_authorization, invalid_password, and a missing database: waiting does not help. */
const settingsCodes = new Set(['28000', '28P01', '3D000']);

/**
 * A table was changed, by a newer Moose perhaps, after the connection had prepared the statement (feature_not_supported:
 * cached plan must not change result type). Only another connection prepares it again.
 */
const isOutdated = (error: unknown) =>
  errorCode(error) === '0A000' &&
  error instanceof Error &&
  'routine' in error &&
  error.routine === 'RevalidateCachedQuery';

export function isConnectionLoss(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined && connectionLossCodes.has(code)) return true;
  if (isOutdated(error)) return true;
  return error instanceof Error && connectionLossTexts.some((text) => error.message.includes(text));
}

export function isSerializationConflict(error: unknown): boolean {
  const code = errorCode(error);
  return code === '40001' || code === '40P01';
}

/**
 * read_only_sql_transaction (a standby that is about to take over, or somebody who blocks writers), disk_full,
 * out_of_memory, insufficient_resources, io_error: not caused by the statement, and over once somebody has fixed it.
 */
const refusalsForNow = new Set(['25006', '53000', '53100', '53200', '58030']);

/** The server is there, but refuses everything at the moment. */
export function isRefusedForNow(error: unknown): boolean {
  return refusalsForNow.has(errorCode(error) ?? '');
}

/**
 * query_canceled, lock_not_available, transaction_timeout: by an administrator, or by a time limit that the server has
 * for its sessions.
 */
const interruptions = new Set(['57014', '55P03', '25P04']);

/** The server ended a statement that may well succeed the next time. */
export function isInterrupted(error: unknown): boolean {
  return interruptions.has(errorCode(error) ?? '');
}

/** invalid_parameter_value */
export const isParameterRefused = (error: unknown) => errorCode(error) === '22023';

export function commitUnclear(xid: string, why: 'running' | 'crashed'): TransientError {
  return why === 'running'
    ? storeFailures.DATABASE_COMMIT_UNCLEAR({ operation: 'commit', metadata: { xid } }, { xid })
    : storeFailures.DATABASE_COMMIT_UNCLEAR_CRASHED({ operation: 'commit', metadata: { xid } }, { xid });
}

const backends = new WeakMap<object, number>();

/**
 * Adds the server process of the connection to each error: `pg` does not name it, and without it nobody finds the error
 * in the server's log. Also keeps `pg` from reusing a connection that the server has closed, or whose prepared statements
 * are outdated.
 */
export function rememberBackends(client: pg.ClientBase): void {
  const remember = (cause: object) => {
    if ('processID' in client && typeof client.processID === 'number') backends.set(cause, client.processID);
    const isFatal = 'severity' in cause && cause.severity === 'FATAL';
    if (!isFatal && !isOutdated(cause)) return;
    if ('end' in client && typeof client.end === 'function') void client.end();
  };
  client.on('error', remember);
  // An error that the server sends in answer to a query does not reach the client's listeners, so the inner connection
  // is listened to as well.
  if ('connection' in client && client.connection instanceof EventEmitter)
    client.connection.on('errorMessage', remember);
}

/**
 * A query on a connection that the server has ended between two statements fails with what the server said, such as that a time
 * limit is over: `pg` only says that the connection is closed.
 */
export function tellWhatEnded(client: pg.ClientBase): void {
  let said: Error | undefined;
  client.on('error', (cause) => {
    if ('severity' in cause && cause.severity === 'FATAL') said ??= cause;
  });
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const telling = (...given: unknown[]) => {
    const answer = query(...given);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((cause: unknown) => {
      throw said ?? cause;
    });
  };
  client.query = telling as typeof client.query;
}

type OwnCode =
  | 'INVALID_STATE_TRANSITION'
  | 'COUNTER_WENT_BACK'
  | 'WORK_ORDER_PARKED'
  | 'RESERVATION_INVALID'
  | 'PRICE_CHANGED';

/** SQLSTATEs that Moose's own triggers and functions raise. */
const ownCodes: Readonly<Record<string, OwnCode>> = {
  MS001: 'INVALID_STATE_TRANSITION',
  MS002: 'COUNTER_WENT_BACK',
  MS003: 'WORK_ORDER_PARKED',
  MS010: 'RESERVATION_INVALID',
  MS020: 'PRICE_CHANGED',
};

const tooManyConnections = '53300';

function crowded(cause: Error): TransientError {
  return storeFailures.DATABASE_CROWDED(
    { operation: 'connect', metadata: { sqlstate: tooManyConnections }, cause },
    { message: cause.message },
  );
}

/** Errors from elsewhere pass unchanged. */
export function asMooseError(cause: unknown, operation = 'query'): unknown {
  if (isMooseError(cause) || !(cause instanceof Error)) return cause;
  const code = errorCode(cause);
  const fields = { operation, cause };
  const { message } = cause;
  const backendPid = backends.get(cause);
  if (code === tooManyConnections) return crowded(cause);
  if (untrustedCodes.test(code ?? '') || cause.message.includes(withoutTls)) {
    return storeFailures.DATABASE_TLS_REFUSED(
      { ...fields, metadata: code ? { reason: code } : {} },
      { message },
    );
  }
  if (isConnectionLoss(cause)) {
    return storeFailures.DATABASE_AWAY(
      { ...fields, metadata: { ...(code ? { reason: code } : {}), ...(backendPid ? { backendPid } : {}) } },
      { message: cause.message || String(code) },
    );
  }
  if (isSerializationConflict(cause)) {
    return storeFailures.DATABASE_CONFLICT({ ...fields, metadata: { sqlstate: code } }, { message });
  }
  if (isRefusedForNow(cause)) {
    return storeFailures.DATABASE_TAKES_NOTHING({ ...fields, metadata: { sqlstate: code } }, { message });
  }
  if (isInterrupted(cause)) {
    return storeFailures.DATABASE_INTERRUPTED({ ...fields, metadata: { sqlstate: code } }, { message });
  }
  if (code === undefined) return cause;
  const ownCode = ownCodes[code];
  if (ownCode) return storeFailures[ownCode](fields, { message });
  if (settingsCodes.has(code)) {
    return storeFailures.DATABASE_NOT_USABLE({ ...fields, metadata: { sqlstate: code } }, { message });
  }
  if (/^[0-9A-Z]{5}$/.test(code)) {
    return storeFailures.DATABASE_REFUSED({ ...fields, metadata: { sqlstate: code } }, { message });
  }
  return cause;
}
