// Live events: listeners are called within milliseconds of a commit, and once after a lost connection, to catch up.
// All listeners of a process to one database share a connection.
import { sql } from 'kysely';
import type pg from 'pg';
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
 * - `moose_jobs`: the periodic job that has something to do;
 * - `moose_live`, for the pages: nothing.
 */
export type Channel =
  | 'moose_events'
  | 'moose_cancel'
  | 'moose_circuits'
  | 'moose_outbox'
  | 'moose_settings'
  | 'moose_jobs'
  | 'moose_live';

/** Tells the process that carries the work order, once the transaction is committed. */
export async function ringForCancel(query: Query, id: WorkOrderId): Promise<void> {
  await sql`select pg_notify('moose_cancel', ${id}::text)`.execute(query);
}

/** Jobs for which somebody waits. */
export type RungJob = 'plannings' | 'director';

/** Tells every worker, once the transaction is committed. Without it, they look a few seconds later. */
export async function ringJob(query: Query, job: RungJob): Promise<void> {
  await sql`select pg_notify('moose_jobs', ${job}::text)`.execute(query);
}

interface Listener {
  channel: Channel;
  onEvent(subject: string | null): void;
  onReady(): void;
}

/** By database. */
const lines = new Map<string, Line>();

/** Calls `onEvent` with the message on the channel; null means that messages may have been missed. It must not throw. */
export function listenForEvents(
  url: string,
  onEvent: (subject: string | null) => void,
  signal: AbortSignal,
  channel: Channel = 'moose_events',
): { ready: Promise<void>; closed: Promise<void> } {
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const listener = { channel, onEvent, onReady: ready.resolve };
  const line = lines.get(url) ?? new Line(url);
  line.join(listener);
  const leave = () => {
    ready.resolve();
    closed.resolve(line.leave(listener));
  };
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  return { ready: ready.promise, closed: closed.promise };
}

/** A connection that is restored until the last listener leaves. */
class Line {
  readonly #url: string;
  readonly #listeners = new Set<Listener>();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  /** Undefined while there is no connection. */
  #current: { say(statement: string): Promise<unknown>; fail(cause: unknown): void } | undefined;

  constructor(url: string) {
    this.#url = url;
    lines.set(url, this);
    this.#ended = this.#keepOpen();
  }

  join(listener: Listener): void {
    this.#listeners.add(listener);
    void this.#listen(listener);
  }

  /** Resolves once the connection has ended, if this was the last listener. */
  async leave(listener: Listener): Promise<void> {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) {
      lines.delete(this.#url);
      this.#stop.abort();
      await this.#ended;
    } else if (this.#on(listener.channel).length === 0) {
      this.#current?.say(`unlisten ${listener.channel}`).catch(this.#current.fail);
    }
  }

  #on(channel: string): Listener[] {
    return [...this.#listeners].filter((one) => one.channel === channel);
  }

  /** Statements are sent in the order of joining and leaving, so the last one decides. */
  async #listen(listener: Listener): Promise<void> {
    const current = this.#current;
    if (!current) return;
    try {
      await current.say(`listen ${listener.channel}`);
    } catch (cause) {
      // All listen again, over the next connection.
      current.fail(cause);
      return;
    }
    if (!this.#listeners.has(listener)) return;
    listener.onReady();
    listener.onEvent(null);
  }

  async #keepOpen(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#openOnce(signal);
      } catch {
        // When the connection is restored, listeners are told that anything may have happened.
        await sleep(reconnectDelayMs, signal).catch(() => undefined);
      }
    }
  }

  /** Lasts until the connection ends, or the signal is aborted. */
  async #openOnce(signal: AbortSignal): Promise<void> {
    const ended = Promise.withResolvers<void>();
    const onAbort = () => ended.resolve();
    const client = await openConnection(this.#url, {
      applicationName: 'moose listen',
      onEnd: () => ended.resolve(),
      signal,
    });
    signal.addEventListener('abort', onAbort, { once: true });
    const say = inTurn(client);
    const asking = setInterval(asks(say), askEveryMs).unref();
    try {
      signal.throwIfAborted();
      client.on('notification', ({ channel, payload }) => {
        for (const { onEvent } of this.#on(channel)) onEvent(payload ?? null);
      });
      this.#current = { say, fail: ended.reject };
      for (const listener of this.#listeners) void this.#listen(listener);
      await ended.promise;
    } finally {
      this.#current = undefined;
      clearInterval(asking);
      signal.removeEventListener('abort', onAbort);
      await endConnection(client);
    }
  }
}

type Say = (statement: string) => Promise<unknown>;

/** One statement at a time on a connection. */
function inTurn(client: pg.Client): Say {
  let turn: Promise<unknown> = Promise.resolve();
  return (statement) => {
    const said = turn.then(() => client.query(statement));
    turn = said.catch(() => undefined);
    return said;
  };
}

/** Asks only if the last question is answered. */
function asks(say: Say): () => Promise<void> {
  let isAsked = false;
  return async () => {
    if (isAsked) return;
    isAsked = true;
    await say('select 1').catch(() => undefined);
    isAsked = false;
  };
}
