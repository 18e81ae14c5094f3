// What every connection to PostgreSQL has in common: limits in time on both sides, so that one that goes silent is given up.
import pg from 'pg';
import { enterOwnSchema } from '../schema/own-schema.ts';
import { isConnectionLoss } from './database-failure.ts';
import { type SilenceWatch, watchSilence } from './silent-connections.ts';
import { socketOf } from './socket-of.ts';

export const connectMsMax = 5_000;
/** The kernel asks an idle peer from then on; one that is gone is known as gone after ten more seconds. */
const keepAliveAfterMs = 10_000;
/** What a connection gets to say goodbye. */
const goodbyeMsMax = 1_000;
/** Longer than a silent connection takes to be noticed. */
const poolEndMsMax = 20_000;

/** As the client sets it: of use where the peer's machine is gone. */
export const keptAlive = { keepAlive: true, keepAliveInitialDelayMillis: keepAliveAfterMs };

/**
 * As the server is asked to look at its end: a client whose machine or network is gone loses its connection, and its locks
 * with it, after 25 s, and a transaction of a client that stands still is undone. Of use where the server's own settings
 * wait for two hours.
 */
const sessionLimits = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '25000',
  idle_in_transaction_session_timeout: '15000',
};
const limitSession = `select ${Object.entries(sessionLimits)
  .map(([name, value]) => `set_config('${name}', '${value}', false)`)
  .join(', ')}`;

/** To be awaited before the connection is used. A pooler or a server that refuses them goes without. */
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
  /** Called once when it is over, however that came. */
  onEnd?: (cause: Error) => void;
  signal?: AbortSignal | undefined;
}

/** One connection, within limits, and watched; to be ended by `endConnection`. */
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
  // The query that a lost connection interrupts says so; without a listener the loss would end the process.
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

/** Never rejects, and does not wait for a server that does not hear it. */
export async function endConnection(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => socketOf(client)?.destroy(), goodbyeMsMax);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}

/** Waits for what is under way, up to a limit: a connection that nobody answers is none to wait for. */
export async function endPool(pool: pg.Pool, watch: SilenceWatch): Promise<void> {
  if (pool.ending) return;
  const timer = setTimeout(() => watch.end(), poolEndMsMax);
  await pool.end();
  clearTimeout(timer);
  watch.end(goodbyeMsMax);
}
