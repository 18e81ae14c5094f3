// A client on a WebSocket: its queue is limited, and a slow client is disconnected with its cursor.
import type { WebSocket } from 'ws';
import type { LiveEvent, LiveMessage } from '../contract/contract.ts';
import type { LiveFeed } from '../engine/live/live-feed.ts';
import type { LiveRow } from '../store/live/live-events.ts';
import type { Caller } from './caller.ts';
import type { CameFrom } from './came-from.ts';
import type { Rate } from './rate-limit.ts';

export interface LiveLimits {
  clientsMax: number;
  /** For one person, or one program, with all its tokens. */
  clientsPerCallerMax: number;
  /** Connections that are not admitted yet. */
  comingMax: number;
  /** How often one token may connect: each time reads what the client has missed. */
  connects: Rate;
  /** The maximum size of one client's queue. */
  bufferedBytesMax: number;
  stillHereEveryMs: number;
  /** A client that answers no ping for this long is considered gone. */
  silentMsMax: number;
  /** How often a client's token or session is checked again. */
  checkEveryMs: number;
  /** How long a client may take to close. */
  closeMsMax: number;
}

export const defaultLiveLimits: LiveLimits = {
  clientsMax: 500,
  clientsPerCallerMax: 100,
  comingMax: 200,
  connects: { perSecond: 10, burst: 200 },
  bufferedBytesMax: 1_000_000,
  stillHereEveryMs: 10_000,
  silentMsMax: 30_000,
  checkEveryMs: 15_000,
  closeMsMax: 5_000,
};

/** Why a connection is closed (RFC 6455, 7.4.1): the client reconnects immediately, or later, or signs in first. */
export const liveCloses = {
  stopping: [1001, 'Moose is stopping'],
  signedOut: [1008, 'signed out'],
  tooSlow: [1013, 'too slow'],
  givesWay: [1013, 'too many connections'],
} as const;
export type LiveClose = keyof typeof liveCloses;

export interface LiveClientOptions {
  socket: WebSocket;
  feed: LiveFeed;
  caller: Caller;
  /** The headers as received; they are checked again later. */
  headers: Headers;
  /** A proxy's word counts only from there. */
  from: CameFrom;
  /** Identifies this process. */
  server: string;
  cursor: string | undefined;
  limits: LiveLimits;
  onGone(client: LiveClient): void;
}

export class LiveClient {
  readonly caller: Caller;
  readonly from: CameFrom;
  readonly headers: Headers;
  private readonly socket: WebSocket;
  private readonly limits: LiveLimits;
  private readonly unsubscribe: () => void;
  private heardAtMs = performance.now();
  private closeTimer: NodeJS.Timeout | undefined;

  constructor({ socket, feed, caller, headers, from, server, cursor, limits, onGone }: LiveClientOptions) {
    this.socket = socket;
    this.caller = caller;
    this.from = from;
    this.headers = headers;
    this.limits = limits;
    const heard = () => {
      this.heardAtMs = performance.now();
    };
    socket.on('pong', heard);
    // A client's messages only show that it is alive.
    socket.on('message', heard);
    // Any problem closes the connection.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearTimeout(this.closeTimer);
      this.unsubscribe();
      onGone(this);
    });
    this.say({ type: 'hello', server, cursor: cursor ?? feed.cursor() });
    this.unsubscribe = feed.subscribe({
      ...(cursor === undefined ? {} : { cursor }),
      onEvents: (events, newest) => this.send(textOf(events, newest)),
      onResync: (newest) => this.say({ type: 'resync', cursor: newest }),
    });
  }

  /** Pings the client; a client that has not answered for too long is disconnected. */
  lookAfter(): void {
    if (performance.now() - this.heardAtMs > this.limits.silentMsMax) this.terminate();
    this.say({ type: 'still_here' });
    if (this.isOpen()) this.socket.ping();
  }

  get isClosing(): boolean {
    return this.closeTimer !== undefined;
  }

  close(why: LiveClose): void {
    this.unsubscribe();
    const [code, words] = liveCloses[why];
    this.socket.close(code, words);
    // Queued messages are sent before the close, if possible.
    this.closeTimer ??= setTimeout(() => this.terminate(), this.limits.closeMsMax).unref();
  }

  terminate(): void {
    this.socket.terminate();
  }

  private say(message: LiveMessage): void {
    this.send(JSON.stringify(message));
  }

  private send(text: string): void {
    if (!this.isOpen()) return;
    if (this.socket.bufferedAmount > this.limits.bufferedBytesMax) this.close('tooSlow');
    else this.socket.send(text);
  }

  private isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }
}

/** Hundreds of clients get the same text, so it is serialized once. */
const texts = new WeakMap<readonly LiveRow[], string>();

function textOf(events: readonly LiveRow[], cursor: string): string {
  const known = texts.get(events);
  if (known !== undefined) return known;
  const message: LiveMessage = { type: 'events', events: events.map(eventOf), cursor };
  const text = JSON.stringify(message);
  texts.set(events, text);
  return text;
}

function eventOf({ id, topic, subject, workOrderId, at, detail }: LiveRow): LiveEvent {
  return { id: `${id}`, topic, subject, work_order_id: workOrderId, at: at.toISOString(), detail };
}
