// Live events: who listens is called within milliseconds of a commit, and after a lost connection once to catch up.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import { sleep } from '../../stdx/sleep.ts';
import { endConnection, openConnection } from '../connection/connection.ts';
import type { Query } from '../database.ts';

const reconnectDelayMs = 200;
/** So often a word is said: by that it is noticed that the connection has gone silent. */
const askEveryMs = 5_000;

/**
 * What is said on each: the id of a work order that something happened to, or that a human wants cancelled (who carries
 * runs need not hear all that these write); the key of a circuit whose row has changed; what is to be delivered; the key
 * of a setting that has changed; nothing, where it is for people to see.
 */
export type Channel =
  | 'moose_events'
  | 'moose_cancel'
  | 'moose_circuits'
  | 'moose_outbox'
  | 'moose_settings'
  | 'moose_live';

/** Tells those who carry the work order, once the transaction is committed. */
export async function ringForCancel(query: Query, id: WorkOrderId): Promise<void> {
  await sql`select pg_notify('moose_cancel', ${id}::text)`.execute(query);
}

/** Calls `onEvent` with what is said on the channel; with null: anything may have been. */
export function listenForEvents(
  url: string,
  onEvent: (subject: string | null) => void,
  signal: AbortSignal,
  channel: Channel = 'moose_events',
): { ready: Promise<void>; closed: Promise<void> } {
  const ready = Promise.withResolvers<void>();
  const closed = (async () => {
    while (!signal.aborted) {
      try {
        await listenOnce({ url, channel }, onEvent, signal, ready.resolve);
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
  { url, channel }: { url: string; channel: Channel },
  onEvent: (subject: string | null) => void,
  signal: AbortSignal,
  onReady: () => void,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const onAbort = () => ended.resolve();
  const client = await openConnection(url, {
    applicationName: 'moose listen',
    onEnd: () => ended.resolve(),
    signal,
  });
  signal.addEventListener('abort', onAbort, { once: true });
  let isAsked = true;
  const ask = async () => {
    if (isAsked) return;
    isAsked = true;
    await client.query('select 1').catch(() => undefined);
    isAsked = false;
  };
  const asking = setInterval(() => void ask(), askEveryMs).unref();
  try {
    client.on('notification', ({ payload }) => onEvent(payload ?? null));
    await client.query(`listen ${channel}`);
    isAsked = false;
    signal.throwIfAborted();
    onReady();
    onEvent(null);
    await ended.promise;
  } finally {
    clearInterval(asking);
    signal.removeEventListener('abort', onAbort);
    await endConnection(client);
  }
}
