// Live events: who listens is called within milliseconds of a commit, and after a lost connection once to catch up.
import pg from 'pg';
import { sleep } from '../stdx/sleep.ts';

const reconnectDelayMs = 200;

/** Calls `onEvent` with the id of every work order that something happened to; with null: anything may have. */
export function listenForEvents(
  url: string,
  onEvent: (workOrderId: string | null) => void,
  signal: AbortSignal,
): { ready: Promise<void>; closed: Promise<void> } {
  let announce: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const closed = (async () => {
    while (!signal.aborted) {
      const client = new pg.Client({ connectionString: url, application_name: 'moose listen' });
      const ended = new Promise<void>((resolve) => {
        client.on('error', () => resolve());
        client.on('end', () => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      try {
        await client.connect();
        client.on('notification', ({ payload }) => onEvent(payload ?? null));
        await client.query('listen moose_events');
        announce();
        onEvent(null);
        await ended;
      } catch {
        await sleep(reconnectDelayMs, signal).catch(() => undefined);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
    announce();
  })();
  return { ready, closed };
}
