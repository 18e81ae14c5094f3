// Live events: who listens is called within milliseconds of a commit, and after a lost connection once to catch up.
import pg from 'pg';
import { sleep } from '../stdx/sleep.ts';

const reconnectDelayMs = 200;
const connectMsMax = 5_000;

/** Calls `onEvent` with the id of every work order that something happened to; with null: anything may have. */
export function listenForEvents(
  url: string,
  onEvent: (workOrderId: string | null) => void,
  signal: AbortSignal,
): { ready: Promise<void>; closed: Promise<void> } {
  const ready = Promise.withResolvers<void>();
  const closed = (async () => {
    while (!signal.aborted) {
      try {
        await listenOnce(url, onEvent, signal, ready.resolve);
      } catch {
        // Whoever listens is told that anything may have happened when the connection stands again.
        await sleep(reconnectDelayMs, signal).catch(() => undefined);
      }
    }
    ready.resolve();
  })();
  return { ready: ready.promise, closed };
}

/** Until the connection ends, or the signal says so. */
async function listenOnce(
  url: string,
  onEvent: (workOrderId: string | null) => void,
  signal: AbortSignal,
  onReady: () => void,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'moose listen',
    connectionTimeoutMillis: connectMsMax,
    keepAlive: true,
  });
  const ended = Promise.withResolvers<void>();
  client.on('error', () => ended.resolve());
  client.on('end', () => ended.resolve());
  const onAbort = () => ended.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await client.connect();
    client.on('notification', ({ payload }) => onEvent(payload ?? null));
    await client.query('listen moose_events');
    onReady();
    onEvent(null);
    await ended.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await client.end().catch(() => undefined);
  }
}
