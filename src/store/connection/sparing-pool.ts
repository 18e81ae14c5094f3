// Opens a connection only if the others stay busy for as long as it would take to open one: each is a process of the
// server, with memory of its own. Statements that come at the same time mostly end within a few milliseconds.
import type { PostgresPool } from 'kysely';
import type pg from 'pg';

/** A few times what a new connection takes: a process, a login, three statements. Nobody notices it. */
const patienceMs = 30;

/**
 * What a pool keeps without work: one connection. The others end soon, because with a longer time the few statements of a
 * Moose without work, some of which meet, would keep a second one.
 */
export const keptFew = { min: 1, idleTimeoutMillis: 3_000 };

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
  pool.on('release', () => {
    // The connection is idle a moment later.
    process.nextTick(() => {
      if (isFree()) waiting.shift()?.();
    });
  });
  return {
    options: pool.options,
    waiting: () => waiting.length + pool.waitingCount,
    end: () => pool.end(),
    endIdle: () => endIdle(pool),
    connect: () => {
      if (waiting.length === 0 && (isFree() || mayOpen())) return pool.connect();
      return new Promise((resolve) => {
        waiting.push(() => resolve(pool.connect()));
        openSoon();
      });
    },
  };
}

/** The pool itself keeps the last ones. A connection that cannot be opened meanwhile is not one to end. */
async function endIdle(pool: pg.Pool): Promise<void> {
  if (pool.ending) return;
  const taken = Array.from({ length: pool.idleCount }, () => pool.connect());
  for (const end of await Promise.allSettled(taken)) if (end.status === 'fulfilled') end.value.release(true);
}
