// Notifies every watcher in this process of changes within milliseconds of the commit: each event once, none missed,
// across lost connections and database outages, from any cursor that is still known.
import type { MooseError } from '../../../domain/failure.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import type { Database } from '../../../store/database.ts';
import { listenForEvents } from '../../../store/live/listen.ts';
import { formatCursor, hasSeen, type LiveCursor, parseCursor } from '../../../store/live/live-cursor.ts';
import { currentCursor, type LiveRead, type LiveRow, readLive } from '../../../store/live/live-events.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';

export interface LiveSubscriber {
  /** The position to start from; if absent, after the newest event. */
  cursor?: string;
  /** Never called without an event. The list is shared by all watchers that receive the same events. It must not throw. */
  onEvents(events: readonly LiveRow[], cursor: string): void;
  /** Called if events before the cursor have been deleted: read everything again. It must not throw. */
  onResync(cursor: string): void;
}

export interface LiveFeed {
  /** Resolves once the feed has a position; waits while the database is unavailable. */
  ready: Promise<void>;
  /** The feed's current position. */
  cursor(): string;
  subscribe(subscriber: LiveSubscriber): () => void;
  close(): Promise<void>;
}

export interface LiveFeedOptions {
  database: Database;
  /** Called for a failed read, which is retried. It must not throw. */
  onFailure(error: MooseError): void;
  /** 30 seconds if absent. */
  pollMs?: number;
}

/** A fallback in case a notification is lost. */
const defaultPollMs = 30_000;
/** Commits that follow each other closely are read together, so that a busy database is not queried for each. */
const gatherMs = 20;
const againDelayMs = 1_000;
/** How many different cursors may catch up between two common reads. */
const catchUpsPerTurnMax = 5;

interface Member {
  subscriber: LiveSubscriber;
  /** Set if the watcher was read for separately, and is ahead of the others until their next read. */
  ahead: LiveCursor | null;
}

export function startLiveFeed(options: LiveFeedOptions): LiveFeed {
  const feed = new Feed(options);
  return {
    ready: feed.ready.promise,
    cursor: () => feed.cursorText(),
    subscribe: (subscriber) => feed.subscribe(subscriber),
    close: () => feed.close(),
  };
}

class Feed {
  readonly ready = Promise.withResolvers<void>();
  private readonly options: LiveFeedOptions;
  private readonly stop = new AbortController();
  private bell = new AbortController();
  private cursor: LiveCursor | null = null;
  private readonly members = new Map<LiveSubscriber, Member>();
  /** Watchers that have not caught up yet. */
  private readonly newcomers = new Map<LiveSubscriber, string>();
  private readonly reading: Promise<void>;
  private readonly listening: Promise<void>;

  constructor(options: LiveFeedOptions) {
    this.options = options;
    const ring = () => this.bell.abort();
    this.listening = listenForEvents(options.database.url, ring, this.stop.signal, 'moose_live').closed;
    this.reading = this.keepReading();
  }

  cursorText(): string {
    return formatCursor(this.cursor ?? { below: 0n, open: [] });
  }

  subscribe(subscriber: LiveSubscriber): () => void {
    if (subscriber.cursor === undefined) this.members.set(subscriber, { subscriber, ahead: null });
    else this.newcomers.set(subscriber, subscriber.cursor);
    this.bell.abort();
    return () => {
      this.newcomers.delete(subscriber);
      this.members.delete(subscriber);
    };
  }

  async close(): Promise<void> {
    this.stop.abort(new DOMException('Moose is stopping', 'AbortError'));
    this.bell.abort();
    this.ready.resolve();
    await Promise.all([this.reading, this.listening]);
  }

  private async keepReading(): Promise<void> {
    const { signal } = this.stop;
    const { pollMs = defaultPollMs } = this.options;
    while (!signal.aborted) {
      // Created before the table is read, so that a notification meanwhile is not lost.
      this.bell = new AbortController();
      let pauseMs = gatherMs;
      try {
        await this.readForAll(signal);
        await this.catchUp(signal);
      } catch (thrown) {
        if (signal.aborted) break;
        this.options.onFailure(toMooseError(thrown, 'live', 'read'));
        pauseMs = againDelayMs;
        this.bell.abort();
      }
      await sleep(pauseMs, signal).catch(() => undefined);
      if (this.newcomers.size === 0) await sleep(pollMs, this.bell.signal).catch(() => undefined);
    }
  }

  private async readForAll(signal: AbortSignal): Promise<void> {
    const { database } = this.options;
    const { cursor } = this;
    if (cursor === null) {
      this.cursor = await database.run(currentCursor, signal);
      this.ready.resolve();
      return;
    }
    const read = await database.run((query) => readLive(query, cursor, false), signal);
    this.cursor = read.cursor;
    const text = this.cursorText();
    for (const member of this.members.values()) {
      const { subscriber, ahead } = member;
      member.ahead = null;
      if (read.kind === 'lost') this.notify(subscriber, () => subscriber.onResync(text));
      else this.sendEvents(subscriber, ahead ? unseenBy(ahead, read.events) : read.events, text);
    }
  }

  /** Brings watchers at other positions to the common position, or slightly past it. */
  private async catchUp(signal: AbortSignal): Promise<void> {
    const { database } = this.options;
    const texts = [...new Set(this.newcomers.values())].slice(0, catchUpsPerTurnMax);
    for (const text of texts) {
      const from = parseCursor(text);
      const read: LiveRead = await database.run(
        async (query) =>
          from ? readLive(query, from, true) : { kind: 'lost', cursor: await currentCursor(query) },
        signal,
      );
      for (const [subscriber, own] of [...this.newcomers]) {
        if (own !== text) continue;
        this.newcomers.delete(subscriber);
        this.members.set(subscriber, { subscriber, ahead: read.cursor });
        const cursor = formatCursor(read.cursor);
        if (read.kind === 'lost') this.notify(subscriber, () => subscriber.onResync(cursor));
        else this.sendEvents(subscriber, read.events, cursor);
      }
    }
  }

  private sendEvents(subscriber: LiveSubscriber, events: readonly LiveRow[], cursor: string): void {
    if (events.length > 0) this.notify(subscriber, () => subscriber.onEvents(events, cursor));
  }

  /** A watcher that throws receives nothing more; the others receive everything. */
  private notify(subscriber: LiveSubscriber, call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.members.delete(subscriber);
      this.options.onFailure(toMooseError(thrown, 'live', 'tell'));
    }
  }
}

function unseenBy(cursor: LiveCursor, events: readonly LiveRow[]): readonly LiveRow[] {
  const unseen = events.filter(({ xid }) => !hasSeen(cursor, xid));
  return unseen.length === events.length ? events : unseen;
}
