// A plain client of the live feed that records when events arrive: no page can be faster.
import { WebSocket } from 'ws';
import type { LiveEvent, LiveMessage } from '../../src/contract/contract.ts';

export interface FeedClient {
  /** Starts recording. */
  begin(): void;
  /** When the first matching event since `begin` arrived, in milliseconds of the machine's clock. */
  arrival(fits: (event: LiveEvent) => boolean, signal: AbortSignal): Promise<number>;
  /** Resolves when no event has arrived for this long. */
  quiet(quietMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

const lookEveryMs = 5;

export async function openFeedClient(url: string, token: string, signal: AbortSignal): Promise<FeedClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/live`, {
    headers: { authorization: `Bearer ${token}` },
  });
  let heard: Array<{ event: LiveEvent; atMs: number }> = [];
  let heardAtMs = Date.now();
  const ready = Promise.withResolvers<void>();
  socket.on('error', ready.reject);
  signal.addEventListener('abort', () => ready.reject(signal.reason), { once: true });
  socket.on('message', (data) => {
    const atMs = Date.now();
    const message = JSON.parse(String(data)) as LiveMessage;
    if (message.type === 'hello') ready.resolve();
    if (message.type !== 'events') return;
    heardAtMs = atMs;
    heard.push(...message.events.map((event) => ({ event, atMs })));
  });
  await ready.promise;
  const look = async <T>(found: () => T | undefined, until: AbortSignal): Promise<T> => {
    for (;;) {
      until.throwIfAborted();
      const result = found();
      if (result !== undefined) return result;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  };
  return {
    begin: () => {
      heard = [];
    },
    arrival: (fits, until) => look(() => heard.find(({ event }) => fits(event))?.atMs, until),
    quiet: (quietMs, until) =>
      look(() => (Date.now() - heardAtMs > quietMs ? null : undefined), until).then(() => {}),
    close: () => socket.close(),
  };
}
