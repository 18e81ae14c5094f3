// One connection to the live feed for the lifetime of the page. Reconnects automatically and continues at its cursor.
import type { LiveEvent, LiveMessage } from '../../../src/contract/contract.ts';

export interface LiveState {
  /** `away`: disconnected for so long that the user should know. */
  kind: 'live' | 'reconnecting' | 'away';
  /** When the current state began. */
  sinceMs: number;
}

/** The part of a browser's WebSocket that is used here. */
export interface LiveSocket {
  addEventListener(kind: 'message', listen: (event: { data: unknown }) => void): void;
  addEventListener(kind: 'close', listen: (event: { code: number }) => void): void;
  close(): void;
}

export interface LiveOutside {
  open(cursor: string | null): LiveSocket;
  readCursor(): string | null;
  writeCursor(cursor: string): void;
  /** Milliseconds since 1970; wall clock, since it advances while a laptop sleeps. */
  now(): number;
  random(): number;
  /** Calls back when a check may help: the page is visible again, or the network is back. Returns an unsubscriber. */
  onWake(look: () => void): () => void;
}

export interface LiveListener {
  onEvents(events: readonly LiveEvent[]): void;
  /** All loaded data may be out of date. */
  onResync(): void;
  onState(state: LiveState): void;
  /** The session has ended. */
  onSignedOut(): void;
}

export interface LiveTiming {
  delayMsFirst: number;
  delayMsMax: number;
  /** The server sends a heartbeat every 10 seconds. */
  silentMsMax: number;
  /** The same limit for a page that has just become active again. */
  silentMsMaxAwake: number;
  lookEveryMs: number;
  awayAfterMs: number;
}

const defaultTiming: LiveTiming = {
  delayMsFirst: 300,
  delayMsMax: 10_000,
  silentMsMax: 25_000,
  silentMsMaxAwake: 12_000,
  lookEveryMs: 1_000,
  awayAfterMs: 10_000,
};
const signedOutCode = 1008;
const messageCharsMax = 8_000_000;

/** Returns a function that stops it. */
export function connectLive(
  outside: LiveOutside,
  listener: LiveListener,
  timing: LiveTiming = defaultTiming,
): () => void {
  const connection = new LiveConnection(outside, listener, timing);
  return () => connection.close();
}

class LiveConnection {
  private readonly outside: LiveOutside;
  private readonly listener: LiveListener;
  private readonly timing: LiveTiming;
  private readonly looking: ReturnType<typeof setInterval>;
  private readonly stopWaking: () => void;
  private state: LiveState;
  private socket: LiveSocket | null = null;
  private cursor: string | null;
  private server: string | null = null;
  private heardAtMs = 0;
  private openedAtMs = Number.NEGATIVE_INFINITY;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(outside: LiveOutside, listener: LiveListener, timing: LiveTiming) {
    this.outside = outside;
    this.listener = listener;
    this.timing = timing;
    this.cursor = outside.readCursor();
    this.state = { kind: 'reconnecting', sinceMs: outside.now() };
    this.looking = setInterval(() => this.look(timing.silentMsMax), timing.lookEveryMs);
    this.stopWaking = outside.onWake(() => this.wake());
    this.open();
  }

  close(): void {
    clearInterval(this.looking);
    clearTimeout(this.retry);
    this.stopWaking();
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  private open(): void {
    clearTimeout(this.retry);
    this.heardAtMs = this.outside.now();
    this.openedAtMs = this.heardAtMs;
    const socket = this.outside.open(this.cursor);
    const hadCursor = this.cursor !== null;
    this.socket = socket;
    // Ignore events of an abandoned socket.
    socket.addEventListener('message', ({ data }) => {
      if (this.socket === socket) this.hear(data, hadCursor);
    });
    socket.addEventListener('close', ({ code }) => {
      if (this.socket === socket) this.lose(code);
    });
  }

  private hear(data: unknown, hadCursor: boolean): void {
    this.heardAtMs = this.outside.now();
    const message = messageOf(data);
    if (message === null || message.type === 'still_here') return;
    this.cursor = message.cursor;
    this.outside.writeCursor(message.cursor);
    if (message.type === 'events') this.listener.onEvents(message.events);
    else if (message.type === 'resync') this.listener.onResync();
    else {
      const isOther = this.server !== null && this.server !== message.server;
      this.server = message.server;
      this.failures = 0;
      this.become('live');
      // Data from before the feed started, or from an earlier server that may have used another database.
      if (!hadCursor || isOther) this.listener.onResync();
    }
  }

  private lose(code: number): void {
    this.socket = null;
    if (this.state.kind === 'live') this.become('reconnecting');
    if (code === signedOutCode) this.listener.onSignedOut();
    const { delayMsFirst, delayMsMax } = this.timing;
    const delayMs = Math.min(delayMsFirst * 2 ** this.failures, delayMsMax);
    this.failures += 1;
    // Jitter between half and all of the delay, so that clients of a restarted server do not reconnect at once.
    const jittered = Math.max(delayMs * (0.5 + this.outside.random() / 2), delayMsFirst / 2);
    this.retry = setTimeout(() => this.open(), jittered);
  }

  /** After sleep, a connection can look open although the server has dropped it. */
  private look(silentMsMax: number): void {
    const nowMs = this.outside.now();
    if (this.socket && nowMs - this.heardAtMs > silentMsMax) this.drop();
    if (this.state.kind === 'reconnecting' && nowMs - this.state.sinceMs > this.timing.awayAfterMs)
      this.say({ kind: 'away', sinceMs: this.state.sinceMs });
  }

  private wake(): void {
    this.look(this.timing.silentMsMaxAwake);
    const isRecent = this.outside.now() - this.openedAtMs < this.timing.delayMsFirst;
    if (this.socket || isRecent) return;
    this.failures = 0;
    this.open();
  }

  private drop(): void {
    const { socket } = this;
    this.failures = 0;
    this.socket = null;
    socket?.close();
    this.lose(0);
  }

  private become(kind: 'live' | 'reconnecting'): void {
    this.say({ kind, sinceMs: this.outside.now() });
  }

  private say(state: LiveState): void {
    this.state = state;
    this.listener.onState(state);
  }
}

/** Null for unknown messages; a newer server may send more than this page knows. */
function messageOf(data: unknown): LiveMessage | null {
  if (typeof data !== 'string' || data.length > messageCharsMax) return null;
  const known: ReadonlySet<string> = new Set(['hello', 'events', 'resync', 'still_here']);
  try {
    const message = JSON.parse(data) as LiveMessage;
    return known.has(message?.type) ? message : null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}
