// What all connections to PostgreSQL share: time limits on both sides, so that a silent connection is given up.
import pg from 'pg';
import { enterOwnSchema } from '../schema/own-schema.ts';
import { isConnectionLoss } from './database-failure.ts';
import { type SilenceWatch, watchSilence } from './silent-connections.ts';
import { socketOf } from './socket-of.ts';

export const connectMsMax = 5_000;
/** After this time the kernel probes an idle peer; a dead one is detected ten seconds later. */
const keepAliveAfterMs = 10_000;
/** How long a connection may take to close properly. */
const goodbyeMsMax = 1_000;
/** Longer than a silent connection takes to be noticed. */
const poolEndMsMax = 20_000;

/** Settings on the client's side: they help if the server's machine is gone. */
export const keptAlive = { keepAlive: true, keepAliveInitialDelayMillis: keepAliveAfterMs };

/**
 * Settings for the server's side: a client whose machine or network is gone loses its connection and locks after 25 s,
 * and the transaction of a hanging client is rolled back. By default, a server may wait for two hours.
 */
const sessionLimits = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '25000',
  idle_in_transaction_session_timeout: '15000',
  // A server may end idle sessions, such as those that hold locks or listen.
  idle_session_timeout: '0',
};
const limitSession = `select ${Object.entries(sessionLimits)
  // Older servers do not have all of them.
  .map(
    ([name, value]) =>
      `case when current_setting('${name}', true) is not null then set_config('${name}', '${value}', false) end`,
  )
  .join(', ')}`;

/** Wait for this before using the connection. A pooler or server that refuses the settings works without them. */
export async function limitOnServer(client: pg.ClientBase): Promise<void> {
  try {
    await client.query(limitSession);
  } catch (cause) {
    if (isConnectionLoss(cause)) throw cause;
  }
}

export interface ConnectionOptions {
  applicationName: string;
  connectMsMax?: number;
  /** Called once when the connection ends, whatever ended it. */
  onEnd?: (cause: Error) => void;
  signal?: AbortSignal | undefined;
}

/** One connection, with limits and monitoring; end it with `endConnection`. */
export async function openConnection(url: string, options: ConnectionOptions): Promise<pg.Client> {
  const { applicationName, onEnd, signal } = options;
  signal?.throwIfAborted();
  const client = new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: options.connectMsMax ?? connectMsMax,
    ...keptAlive,
  });
  let isOver = false;
  const over = (cause: Error) => {
    if (isOver) return;
    isOver = true;
    void endConnection(client);
    onEnd?.(cause);
  };
  // The interrupted query reports the lost connection; without a listener the loss would end the process.
  client.on('error', over);
  client.on('end', () => over(new Error('The connection ended')));
  const watch = watchSilence(url);
  client.on('end', () => watch.end());
  const abort = () => socketOf(client)?.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    watch.add(client);
    await client.connect();
    await limitOnServer(client);
    await enterOwnSchema(client);
    return client;
  } catch (cause) {
    watch.end();
    await endConnection(client);
    signal?.throwIfAborted();
    throw cause;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Never rejects, and does not wait for a server that does not respond. */
export async function endConnection(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => socketOf(client)?.destroy(), goodbyeMsMax);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}

/** Waits for running queries, up to a limit: a connection that does not answer is not worth waiting for. */
export async function endPool(pool: pg.Pool, watch: SilenceWatch): Promise<void> {
  if (pool.ending) return;
  const timer = setTimeout(() => watch.end(), poolEndMsMax);
  await pool.end();
  clearTimeout(timer);
  watch.end(goodbyeMsMax);
}
