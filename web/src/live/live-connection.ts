// One connection to the live feed, for as long as the page is there: it comes back by itself, and goes on where it was.
import type { LiveEvent, LiveMessage } from '../../../src/api/contract.ts';

export interface LiveState {
  /** `away`: it has not come back for so long that a person should know. */
  kind: 'live' | 'reconnecting' | 'away';
  /** Since when it is live, or is not. */
  sinceMs: number;
}

/** What a browser's WebSocket is, as far as it is needed. */
export interface LiveSocket {
  addEventListener(kind: 'message', listen: (event: { data: unknown }) => void): void;
  addEventListener(kind: 'close', listen: (event: { code: number }) => void): void;
  close(): void;
}

export interface LiveOutside {
  open(cursor: string | null): LiveSocket;
  readCursor(): string | null;
  writeCursor(cursor: string): void;
  /** Milliseconds since 1970, which go on while a laptop sleeps. */
  now(): number;
  random(): number;
  /** Calls back when it is worth to look at once: the page is seen again, the network is back. Returns how to end it. */
  onWake(look: () => void): () => void;
}

export interface LiveListener {
  onEvents(events: readonly LiveEvent[]): void;
  /** What has been read may be old, whatever it is. */
  onResync(): void;
  onState(state: LiveState): void;
  /** The server does not know us any more. */
  onSignedOut(): void;
}

export interface LiveTiming {
  delayMsFirst: number;
  delayMsMax: number;
  /** The server gives a sign of life each 10 seconds. */
  silentMsMax: number;
  /** The same, for a page that has just been woken. */
  silentMsMaxAwake: number;
  lookEveryMs: number;
  awayAfterMs: number;
}

const timingUsual: LiveTiming = {
  delayMsFirst: 300,
  delayMsMax: 10_000,
  silentMsMax: 25_000,
  silentMsMaxAwake: 12_000,
  lookEveryMs: 1_000,
  awayAfterMs: 10_000,
};
const signedOutCode = 1008;
const messageCharsMax = 8_000_000;

/** Returns how to end it. */
export function connectLive(
  outside: LiveOutside,
  listener: LiveListener,
  timing: LiveTiming = timingUsual,
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
    // One that was given up has nothing to say any more.
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
      // What was read before the feed began, or of a server before this one, which may have had another database.
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
    // Between half of it and all: those who have lost the same server do not come back in one moment.
    const jittered = Math.max(delayMs * (0.5 + this.outside.random() / 2), delayMsFirst / 2);
    this.retry = setTimeout(() => this.open(), jittered);
  }

  /** A laptop that has slept finds a connection that seems to stand, and that nobody is behind. */
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

/** Null for what is none; a newer server may say more than this page knows. */
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
