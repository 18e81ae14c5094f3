// Opens a connection only if the others stay busy for as long as it would take to open one: each is a process of the
// server, with memory of its own. Statements that come at the same time mostly end within a few milliseconds.
import type { PostgresPool } from 'kysely';
import type pg from 'pg';

/** A few times what a new connection takes: a process, a login, three statements. Nobody notices it. */
const patienceMs = 30;

/**
 * Connections that were not needed for so long end. With a longer time, the few statements of a Moose without work, some of which
 * meet, would keep a second one.
 */
export const sparedMs = 3_000;

export interface SparingPool extends PostgresPool {
  /** How many wait for a connection. */
  waiting(): number;
  /** Ends the connections that are not in use; the next statement opens one. */
  endIdle(): Promise<void>;
}

/**
 * However busy the connections are, more are opened for those who wait, up to the pool's limit: the more there are, the
 * later, because the less does another one add.
 */
export function sparingPool(pool: pg.Pool): SparingPool {
  const waiting: (() => void)[] = [];
  let isTimed = false;
  const isFree = () => pool.idleCount > pool.waitingCount;
  const mayOpen = () => pool.totalCount === 0 || pool.totalCount >= pool.options.max;
  const openSoon = () => {
    if (isTimed || waiting.length === 0) return;
    isTimed = true;
    setTimeout(() => {
      isTimed = false;
      // At the limit, the pool's own queue is the fair one, and has a time limit.
      do waiting.shift()?.();
      while (mayOpen() && waiting.length > 0);
      openSoon();
    }, patienceMs * pool.totalCount);
  };
  const endIdle = endingIdle(pool);
  endSurplus(pool, endIdle);
  pool.on('release', () => {
    // The connection is idle a moment later.
    process.nextTick(() => {
      if (isFree() || pool.totalCount === 0) waiting.shift()?.();
    });
  });
  return {
    options: pool.options,
    waiting: () => waiting.length + pool.waitingCount,
    end: () => pool.end(),
    endIdle: () => endIdle(Number.POSITIVE_INFINITY),
    connect: () => {
      if (waiting.length === 0 && (isFree() || mayOpen())) return pool.connect();
      return new Promise((resolve) => {
        waiting.push(() => resolve(pool.connect()));
        openSoon();
      });
    },
  };
}

/**
 * Ends idle connections that were not needed at the same time as the others, the youngest first: the oldest has prepared most, and
 * a new one takes a tenth of a second to prepare what it has. The pool itself ends the one that it used least recently, which is
 * as likely the oldest, so it must not end any.
 */
function endSurplus(pool: pg.Pool, endIdle: (max: number) => Promise<void>): void {
  const inUse = () => pool.totalCount - pool.idleCount;
  let usedMax = 0;
  let isTimed = false;
  const look = async () => {
    const surplus = pool.totalCount - Math.max(usedMax, 1);
    if (surplus > 0) await endIdle(surplus);
    usedMax = inUse();
    isTimed = false;
    lookSoon();
  };
  const lookSoon = () => {
    if (isTimed || pool.totalCount <= 1) return;
    isTimed = true;
    setTimeout(look, sparedMs).unref();
  };
  pool.on('connect', lookSoon);
  pool.on('acquire', () => {
    usedMax = Math.max(usedMax, inUse());
  });
}

/** Returns what ends this many of the connections that are not in use. One that cannot be opened meanwhile is not one to end. */
function endingIdle(pool: pg.Pool): (max: number) => Promise<void> {
  const openedAs = new WeakMap<pg.PoolClient, number>();
  let opened = 0;
  pool.on('connect', (client) => {
    opened += 1;
    openedAs.set(client, opened);
  });
  const orderOf = (client: pg.PoolClient) => openedAs.get(client) ?? 0;
  return async (max) => {
    if (pool.ending) return;
    const taken = await Promise.allSettled(Array.from({ length: pool.idleCount }, () => pool.connect()));
    const idle = taken.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    idle.sort((one, other) => orderOf(other) - orderOf(one));
    for (const [index, client] of idle.entries()) client.release(index < max);
  };
}
