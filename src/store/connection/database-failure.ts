// Gives errors of the database, or of the connection to it, their codes. Errors are recognised by code, and by text
// only if `pg` has no code.
import { EventEmitter } from 'node:events';
import type pg from 'pg';
import { ConfigurationError, isMooseError, PermanentError, TransientError } from '../../domain/failure.ts';
import { errorCode } from '../../stdx/system-error.ts';

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

export function isConnectionLoss(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined && connectionLossCodes.has(code)) return true;
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
  return new TransientError({
    code: 'DATABASE_COMMIT_UNCLEAR',
    component: 'store',
    operation: 'commit',
    message:
      why === 'running'
        ? `The server is still running transaction ${xid} although its connection is lost.`
        : `The server crashed while transaction ${xid} was committed, so nobody knows whether it was.`,
    advice:
      why === 'running'
        ? 'Check pg_stat_activity for what it is waiting for; a replica that must confirm commits may be unavailable.'
        : 'Look at what is recorded, and do it again if it is not there. Moose does this for its own work.',
    metadata: { xid },
  });
}

const backends = new WeakMap<object, number>();

/**
 * Adds the server process of the connection to each error: `pg` does not name it, and without it nobody finds the error
 * in the server's log. Also keeps `pg` from reusing a connection that the server has closed.
 */
export function rememberBackends(client: pg.ClientBase): void {
  const remember = (cause: object) => {
    if ('processID' in client && typeof client.processID === 'number') backends.set(cause, client.processID);
    if (!('severity' in cause) || cause.severity !== 'FATAL') return;
    if ('end' in client && typeof client.end === 'function') void client.end();
  };
  client.on('error', remember);
  // An error that the server sends in answer to a query does not reach the client's listeners, so the inner connection
  // is listened to as well.
  if ('connection' in client && client.connection instanceof EventEmitter)
    client.connection.on('errorMessage', remember);
}

/** SQLSTATEs that Moose's own triggers and functions raise. */
const ownCodes: Record<string, string> = {
  MS001: 'INVALID_STATE_TRANSITION',
  MS002: 'COUNTER_WENT_BACK',
  MS003: 'WORK_ORDER_PARKED',
  MS010: 'RESERVATION_INVALID',
  MS020: 'PRICE_CHANGED',
};

const tooManyConnections = '53300';

function crowded(cause: Error): TransientError {
  return new TransientError({
    code: 'DATABASE_CROWDED',
    component: 'store',
    operation: 'connect',
    message: `The database accepts no more connections: ${cause.message}`,
    advice:
      'Raise its max_connections, or end other programs that use it; work resumes automatically once there is room.',
    metadata: { sqlstate: tooManyConnections },
    cause,
  });
}

/** Errors from elsewhere pass unchanged. */
export function asMooseError(cause: unknown, operation = 'query'): unknown {
  if (isMooseError(cause) || !(cause instanceof Error)) return cause;
  const code = errorCode(cause);
  const fields = { component: 'store', operation, message: cause.message, cause };
  const backendPid = backends.get(cause);
  if (code === tooManyConnections) return crowded(cause);
  if (untrustedCodes.test(code ?? '') || cause.message.includes(withoutTls)) {
    return new ConfigurationError({
      ...fields,
      code: 'DATABASE_TLS_REFUSED',
      message: `The connection to the database cannot be trusted: ${cause.message}`,
      advice:
        'Name the authority of its certificate: `…?sslmode=verify-full&sslrootcert=/path/ca.pem` in MOOSE_DATABASE_URL. A server without TLS needs an address without sslmode.',
      metadata: code ? { reason: code } : {},
    });
  }
  if (isConnectionLoss(cause)) {
    return new TransientError({
      ...fields,
      code: 'DATABASE_AWAY',
      message: `The database cannot be reached: ${cause.message || code}`,
      advice: 'Start the database, or check MOOSE_DATABASE_URL; work resumes automatically once it is back.',
      metadata: { ...(code ? { reason: code } : {}), ...(backendPid ? { backendPid } : {}) },
    });
  }
  if (isSerializationConflict(cause)) {
    return new TransientError({
      ...fields,
      code: 'DATABASE_CONFLICT',
      message: `Two transactions conflicted: ${cause.message}`,
      advice: 'Wait: Moose retries the transaction automatically.',
      metadata: { sqlstate: code },
    });
  }
  if (isRefusedForNow(cause)) {
    return new TransientError({
      ...fields,
      code: 'DATABASE_TAKES_NOTHING',
      message: `The database is temporarily refusing work: ${cause.message}`,
      advice:
        'Free space on its disk, or make it writable again; work resumes automatically once it accepts writes.',
      severity: 'high',
      metadata: { sqlstate: code },
    });
  }
  if (isInterrupted(cause)) {
    return new TransientError({
      ...fields,
      code: 'DATABASE_INTERRUPTED',
      message: `The database interrupted a statement: ${cause.message}`,
      advice:
        'Wait: Moose retries it. If it happens again and again, raise statement_timeout or lock_timeout for its role.',
      metadata: { sqlstate: code },
    });
  }
  if (code === undefined) return cause;
  const ownCode = ownCodes[code];
  if (ownCode) return new PermanentError({ ...fields, code: ownCode });
  if (settingsCodes.has(code)) {
    return new ConfigurationError({
      ...fields,
      code: 'DATABASE_NOT_USABLE',
      message: `The database refused the connection: ${cause.message}`,
      advice:
        'Check user, password and database name in MOOSE_DATABASE_URL, or unset it to use the embedded one.',
      metadata: { sqlstate: code },
    });
  }
  if (/^[0-9A-Z]{5}$/.test(code)) {
    return new PermanentError({ ...fields, code: 'DATABASE_REFUSED', metadata: { sqlstate: code } });
  }
  return cause;
}
