// Live events: listeners are called within milliseconds of a commit, and once after a lost connection, to catch up.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { endConnection, openConnection } from '../connection/connection.ts';
import type { Query } from '../database.ts';

const reconnectDelayMs = 200;
/** How often a message is sent, which detects a silent connection. */
const askEveryMs = 5_000;

/**
 * The message on each channel:
 * - `moose_events`: the ID of a work order that something happened to;
 * - `moose_cancel`: the ID of a work order that a person wants to cancel; workers listen only to this one, not to all
 *   events;
 * - `moose_circuits`: the key of a circuit whose row has changed;
 * - `moose_outbox`: what is to be delivered;
 * - `moose_settings`: the key of a changed setting;
 * - `moose_live`, for the pages: nothing.
 */
export type Channel =
  | 'moose_events'
  | 'moose_cancel'
  | 'moose_circuits'
  | 'moose_outbox'
  | 'moose_settings'
  | 'moose_live';

/** Tells the process that carries the work order, once the transaction is committed. */
export async function ringForCancel(query: Query, id: WorkOrderId): Promise<void> {
  await sql`select pg_notify('moose_cancel', ${id}::text)`.execute(query);
}

/** Calls `onEvent` with the message on the channel; null means that messages may have been missed. */
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
        // When the connection is restored, listeners are told that anything may have happened.
        await sleep(reconnectDelayMs, signal).catch(() => undefined);
      }
    }
    ready.resolve();
  })();
  return { ready: ready.promise, closed };
}

/** Lasts until the connection ends, or the signal is aborted. */
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
