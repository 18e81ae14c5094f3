// Decides who runs what, and when: messages on a queue say that a leg of a run may begin, and a living process takes over
// the work of a dead one. The progress of a run is not stored here: its finished steps are in Moose's own tables, written
// in the same transactions. So the code may change while work is running.
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Abilities } from '../domain/agents/abilities.ts';
import type { TransientError } from '../domain/failure.ts';
import type { PressureReport } from '../domain/machine/pressure.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { endPool } from '../store/connection/connection.ts';
import { asMooseError } from '../store/connection/database-failure.ts';
import { watchSilence } from '../store/connection/silent-connections.ts';
import type { Database } from '../store/database.ts';
import { makeWorkerUtils, queueOptions } from './graphile-worker.ts';
import { assertOwnName } from './host-name.ts';
import { executorLock, keepLease, tidyExecutors } from './lease.ts';
import { openLocks } from './locks.ts';
import { openPool } from './open-pool.ts';
import { createSlots, type Slots } from './slots.ts';
import { type Execute, Legs, Places, takeMessages } from './take-messages.ts';
import { watchForTheDead } from './watch-for-the-dead.ts';

/** How often a draining process checks whether its runs have ended. */
const drainLookMs = 50;
/** The time limit for returning messages at the end: waiting longer for an unavailable database is not worthwhile. */
const farewellMs = 5_000;

export interface DurableEngine {
  readonly executorId: string;
  readonly slots: Slots;
  /** A lock for work that only one process does at a time; released the moment this process dies. */
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
  /**
   * Takes no new work, and waits until the runs here have finished their steps and are back in the queue. Returns how
   * many are left at the time limit; after `close`, the next process continues them.
   */
  drain(withinMs: number, signal: AbortSignal): Promise<number>;
  /**
   * Stops taking up work at once. Work that runs here is left for the next process, which takes it up within
   * a second. From now on, nothing waits for a lock if the database is lost.
   */
  stop(): void;
  /** Stops, and releases all locks. */
  close(): Promise<void>;
}

export interface DurableOptions {
  database: Database;
  logger: Logger;
  executorId: string;
  /** The name of this process's machine, as shown to others. */
  host: string;
  /** How many runs this process works on at the same time; further runs wait in the queue, for any process. */
  runsMax: number;
  /** Distinguishes machines of one name; empty if it is not known. */
  machine?: string;
  /** For display only; the caller decides what the labels mean for work. */
  labels?: readonly string[];
  /** What this process can do now, for those who submit work. */
  abilities?: () => Abilities;
  /** How much of the machine's resources is left, for those who look at it. */
  pressure?: () => PressureReport | null;
  execute: Execute;
  onLost(error: TransientError): void;
  /** This process has returned the runs of a dead or silent process to the queue. */
  onTookOver?(runs: number): void;
}

export async function startDurable(options: DurableOptions): Promise<DurableEngine> {
  const { database, executorId, logger } = options;
  const stop = new AbortController();
  const drains = new AbortController();
  const locks = await openLocks(database.url, {
    signal: stop.signal,
    onLost: (error) => {
      stop.abort(error);
      options.onLost(error);
    },
  });
  await locks.tryLock(executorLock(executorId));
  // If the lock is lost, the work under it ends too: another process takes it over.
  const tenure = { current: new AbortController() };
  let queueWorker: string | null = null;
  const lease = await keepLease({
    locks,
    executorId,
    host: options.host,
    machine: options.machine ?? '',
    labels: options.labels ?? [],
    ...(options.abilities ? { abilities: options.abilities } : {}),
    ...(options.pressure ? { pressure: options.pressure } : {}),
    queueWorker: () => queueWorker,
    signal: stop.signal,
    onTakenOver: () => {
      logger.warn({ executorId }, 'this process stopped responding, and others took over its work');
      tenure.current.abort(new DOMException('Another process has taken over this work', 'AbortError'));
      tenure.current = new AbortController();
    },
  });
  const slots = createSlots(locks);
  const silence = watchSilence(database.url);
  const pool = openPool(database.url, silence);
  try {
    const own = { executorId, host: options.host, machine: options.machine ?? '' };
    await assertOwnName(database, own, stop.signal);
    await tidyQueue(pool);
  } catch (cause) {
    throw asMooseError(cause, 'start the durable engine');
  }
  const takes = AbortSignal.any([stop.signal, drains.signal]);
  const places = new Places(options.runsMax);
  const { execute } = options;
  const legs = new Legs({
    executorId,
    execute,
    slots,
    drains: drains.signal,
    stop: stop.signal,
    tenure,
    places,
  });
  await tidyExecutors(database, stop.signal);
  const taking = takeMessages({
    pool,
    places,
    logger,
    signal: takes,
    begin: (leg) => legs.begin(leg),
    onName: (name) => {
      queueWorker = name;
      void lease.report();
    },
  });
  const watch = watchForTheDead({
    database,
    locks,
    executorId,
    signal: takes,
    logger,
    onTookOver: options.onTookOver,
    carries: (runId) => legs.has(runId),
    found: lease.found,
    nextReport: lease.nextReport,
  });
  return {
    executorId,
    slots,
    tryLock: (name) => locks.tryLock(name, 'let it go'),
    unlock: (name) => locks.unlock(name),
    drain: async (withinMs, signal) => {
      drains.abort(new DOMException('Moose is draining', 'AbortError'));
      const untilMs = performance.now() + withinMs;
      // For display only, so the drain does not wait for it.
      void lease.drain();
      let isDeaf = false;
      // The process takes no more messages from the queue; the runs continue.
      void taking.then(() => {
        isDeaf = true;
      });
      while (!(isDeaf && legs.size === 0) && performance.now() < untilMs && !signal.aborted)
        await sleep(drainLookMs);
      return legs.size;
    },
    stop: () => stop.abort(new DOMException('Moose is stopping', 'AbortError')),
    close: async () => {
      stop.abort(new DOMException('Moose is stopping', 'AbortError'));
      await watch;
      const isOver = new AbortController();
      await Promise.race([taking, sleep(farewellMs, isOver.signal).catch(() => undefined)]);
      isOver.abort();
      await endPool(pool, silence);
      await lease.end();
      await locks.close();
    },
  };
}

/** Creates what is missing in the queue, and deletes messages that were replaced while somebody had them in hand. */
async function tidyQueue(pool: pg.Pool): Promise<void> {
  const utils = await makeWorkerUtils(queueOptions(pool));
  await utils.cleanup({ tasks: ['DELETE_PERMAFAILED_JOBS'] });
  await utils.release();
}
