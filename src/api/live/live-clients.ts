// All live clients of this process: not too many, none dead, and none with a revoked token.

import type { WebSocket } from 'ws';
import type { LiveEvent, LiveMessage } from '../../contract/contract.ts';
import { isMooseError, type TransientError } from '../../domain/failure.ts';
import type { LiveFeed } from '../../engine/background/live/live-feed.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { repeat } from '../../stdx/async/wake-loop.ts';
import type { LiveRow } from '../../store/live/live-events.ts';
import { apiFailures } from '../failure-catalogue.ts';
import type { Gate } from '../request/authenticate.ts';
import type { Caller } from '../request/caller.ts';
import type { CameFrom } from '../request/came-from.ts';
import { statusOf } from '../request/error-answer.ts';
import type { Rate } from '../request/rate-limit.ts';

const signedOut: ReadonlySet<number> = new Set([401, 403]);
const checksAtOnceMax = 4;
const checkMsMax = 10_000;
const comeBackMs = 10_000;

export class LiveClients {
  private readonly clients = new Set<LiveClient>();
  private readonly stop = new AbortController();
  private readonly looking: Promise<unknown>;
  private readonly gate: Gate;
  private readonly limits: LiveLimits;

  constructor(gate: Gate, limits: LiveLimits) {
    this.gate = gate;
    this.limits = limits;
    const lookAfterAll = async () => {
      for (const client of this.clients) client.lookAfter();
    };
    const { signal } = this.stop;
    this.looking = Promise.all([
      repeat(limits.stillHereEveryMs, lookAfterAll, signal),
      repeat(limits.checkEveryMs, () => this.checkAll(), signal),
    ]);
  }

  get count(): number {
    return this.clients.size;
  }

  /** Before the caller is known. @throws TransientError `LIVE_CLIENTS_TOO_MANY` */
  assertFewComing(coming: number): void {
    if (coming > this.limits.comingMax) throw this.tooMany(0);
  }

  /**
   * If there is no place left, the oldest client of the caller with the most clients gives way, so that somebody with
   * fewer always gets one. @throws TransientError `LIVE_CLIENTS_TOO_MANY`
   */
  makeRoom({ requester }: Caller): void {
    const staying = [...this.clients].filter(({ isClosing }) => !isClosing);
    const byCaller = Map.groupBy(staying, ({ caller }) => caller.requester);
    const own = byCaller.get(requester)?.length ?? 0;
    if (own >= this.limits.clientsPerCallerMax) throw this.tooMany(own);
    if (staying.length < this.limits.clientsMax) return;
    const [most = []] = [...byCaller.values()].sort((one, other) => other.length - one.length);
    const [oldest] = most;
    if (oldest === undefined || most.length <= own + 1) throw this.tooMany(own);
    oldest.close('givesWay');
  }

  private tooMany(own: number): TransientError {
    return apiFailures.LIVE_CLIENTS_TOO_MANY(
      { operation: 'watch', retryAfterMs: comeBackMs },
      { count: this.count, own },
    );
  }

  add(options: Omit<LiveClientOptions, 'limits' | 'onGone'>): void {
    const client = new LiveClient({
      ...options,
      limits: this.limits,
      onGone: (gone) => this.clients.delete(gone),
    });
    this.clients.add(client);
    if (this.stop.signal.aborted) client.close('stopping');
  }

  /** Every client is asked to reconnect later, and disconnected if it does not close within `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.stop.abort(new DOMException('Moose is stopping', 'AbortError'));
    for (const client of this.clients) client.close('stopping');
    const deadlineMs = performance.now() + graceMs;
    while (this.clients.size > 0 && performance.now() < deadlineMs) await sleep(5);
    for (const client of this.clients) client.terminate();
    await this.looking;
  }

  /** Clients with the same credentials are checked once. */
  private async checkAll(): Promise<void> {
    const groups = [...Map.groupBy(this.clients, credentialsOf).values()];
    const checkNext = async (): Promise<void> => {
      for (let group = groups.pop(); group; group = groups.pop()) await this.check(group);
    };
    await Promise.all(Array.from({ length: checksAtOnceMax }, checkNext));
  }

  private async check(group: readonly LiveClient[]): Promise<void> {
    const [one] = group;
    if (!one) return;
    const signal = AbortSignal.any([this.stop.signal, AbortSignal.timeout(checkMsMax)]);
    try {
      const isByProxy = one.caller.isAmbient && one.caller.sessionId === null;
      await this.gate.enterAgain(one.headers, 'viewer', signal, isByProxy ? one.from : undefined);
    } catch (thrown) {
      // If the check is not possible because the database is unavailable, it is repeated next time.
      const isOver = isMooseError(thrown) && signedOut.has(statusOf(thrown));
      if (isOver) for (const client of group) client.close('signedOut');
    }
  }
}

function credentialsOf({ headers, caller }: LiveClient): string {
  return JSON.stringify([headers.get('authorization'), headers.get('cookie'), caller.tokenId]);
}

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
  /** A client that leaves this many pings unanswered is considered gone. Time would be no sign: the server may have stood still. */
  unansweredPingsMax: number;
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
  unansweredPingsMax: 3,
  checkEveryMs: 15_000,
  closeMsMax: 5_000,
};

/** Why a connection is closed (RFC 6455, 7.4.1): the client reconnects immediately, or later, or signs in first. */
const liveCloses = {
  stopping: [1001, 'Moose is stopping'],
  signedOut: [1008, 'signed out'],
  tooSlow: [1013, 'too slow'],
  givesWay: [1013, 'too many connections'],
} as const;
type LiveClose = keyof typeof liveCloses;

interface LiveClientOptions {
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

/** A client on a WebSocket: its queue is limited, and a slow client is disconnected with its cursor. */
class LiveClient {
  readonly caller: Caller;
  readonly from: CameFrom;
  readonly headers: Headers;
  private readonly socket: WebSocket;
  private readonly limits: LiveLimits;
  private readonly unsubscribe: () => void;
  private unansweredPings = 0;
  private closeTimer: NodeJS.Timeout | undefined;

  constructor({ socket, feed, caller, headers, from, server, cursor, limits, onGone }: LiveClientOptions) {
    this.socket = socket;
    this.caller = caller;
    this.from = from;
    this.headers = headers;
    this.limits = limits;
    const heard = () => {
      this.unansweredPings = 0;
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

  /** Pings the client; one that has left too many pings unanswered is disconnected. */
  lookAfter(): void {
    if (this.unansweredPings >= this.limits.unansweredPingsMax) this.terminate();
    this.say({ type: 'still_here' });
    if (!this.isOpen()) return;
    this.socket.ping();
    this.unansweredPings += 1;
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
