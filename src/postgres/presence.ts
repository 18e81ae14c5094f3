// Holds one connection to the server for as long as a process uses it. A process that releases the server counts these
// connections before it stops the server.

import { realpath } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Client, DatabaseError } from 'pg';
import { hasErrorCode } from '../stdx/system-error.ts';
import { postgresFailures } from './failure-catalogue.ts';

export interface Others {
  /** Processes that use the server, and have not left. */
  processes: number;
  /** All connections, also those of processes. */
  connections: number;
}

export interface Presence {
  /** The client connections to the whole server, without this one and those of processes that have left. */
  countOthers(): Promise<Others>;
  isLost(): boolean;
  /** Resolves once the connection has ended, whoever ended it. */
  readonly lost: Promise<void>;
  end(): Promise<void>;
}

const connectLimitMs = 10_000;

const presenceName = 'moose-presence';
/** A connection that is closed is still listed for a moment: under this name it does not count. */
const leftName = 'moose-left';

const countOthersSql = `SELECT count(*)::int AS connections,
    (count(*) FILTER (WHERE application_name = '${presenceName}'))::int AS processes
  FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> '${leftName}'`;

/** `null` if the server does not accept connections now. */
export async function connectPresence(options: {
  port: number;
  password: string;
  data: string;
  signal: AbortSignal | undefined;
}): Promise<Presence | null> {
  const { port, password, data, signal } = options;
  const socket = new Socket();
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'moose',
    password,
    database: 'postgres',
    application_name: presenceName,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: connectLimitMs,
    keepAlive: true,
    ssl: false,
    stream: () => socket,
  });
  let isLost = false;
  const lost = Promise.withResolvers<void>();
  const lose = () => {
    isLost = true;
    lost.resolve();
  };
  client.on('error', lose).on('end', lose);
  // The end of the connection is reported a moment after the query's error.
  const noteLoss = (cause: unknown) => {
    if (!(cause instanceof DatabaseError)) lose();
  };
  const abort = () => socket.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    await refuseOtherServer(client, data);
  } catch (cause) {
    socket.destroy();
    signal?.throwIfAborted();
    if (isPassing(cause)) return null;
    throw connectFailure(cause, port);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  // The connection must not keep its process alive.
  socket.unref();
  return {
    countOthers: async () => {
      socket.ref();
      try {
        const { rows } = await client.query<Others>(countOthersSql);
        return rows[0] ?? { connections: 0, processes: 0 };
      } catch (cause) {
        noteLoss(cause);
        throw cause;
      }
    },
    isLost: () => isLost,
    lost: lost.promise,
    end: async () => {
      socket.ref();
      if (!isLost) await client.query(`SET application_name = '${leftName}'`).catch(noteLoss);
      if (!isLost) await client.end();
    },
  };
}

async function refuseOtherServer(client: Client, data: string): Promise<void> {
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  const shown = rows[0]?.data_directory ?? '';
  if ((await realpath(shown).catch(() => shown)) === data) return;
  throw postgresFailures.EMBEDDED_OTHER_SERVER('start', { data, shown });
}

const passingErrnos = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);
/** The temporary states cannot_connect_now, admin_shutdown, crash_shutdown and too_many_connections. */
const passingStates = new Set(['57P03', '57P01', '57P02', '53300']);

function isPassing(cause: unknown): boolean {
  if (cause instanceof DatabaseError) return passingStates.has(cause.code ?? '');
  return hasErrorCode(cause, ...passingErrnos);
}

function connectFailure(cause: unknown, port: number): unknown {
  if (cause instanceof DatabaseError && cause.code === '28P01') {
    return postgresFailures.EMBEDDED_PASSWORD_REFUSED({ operation: 'start', cause }, { port });
  }
  if (cause instanceof Error && 'isMooseError' in cause) return cause;
  return postgresFailures.EMBEDDED_NOT_ANSWERING_PORT({ operation: 'start', cause }, { port });
}
