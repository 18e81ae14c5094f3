// A lease: a process that carries runs reports every few seconds, and takes over from processes that do not. The
// advisory lock shows who has died; a process that hangs, or has lost its machine or network, keeps its lock.
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Abilities } from '../domain/agents/abilities.ts';
import type { PressureReport } from '../domain/machine/pressure.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { repeat } from '../stdx/async/wake-loop.ts';
import type { Database, Query } from '../store/database.ts';
import {
  beatEveryMs,
  beatSql,
  endSql,
  forgetExecutors,
  leaseMs,
  markEnded,
  markTakenOver,
  type OtherExecutor,
  type Report,
} from '../store/work/runs/executors.ts';
import { forgetTurns } from '../store/work/runs/job-turns.ts';
import { announceRuns } from './enqueue-run.ts';
import { endHolderSql, keyOf, type Locks } from './locks.ts';

/** The time limit for the last report: waiting longer for an unavailable database is not worthwhile. */
const farewellMs = 2_000;
/** A process that has not checked for this long has missed reports: it starts listening again. */
const inattentionMsMax = 5_000;

export const executorLock = (executorId: string) => `executor:${executorId}`;

export interface Lease {
  /** What the newest report has found. */
  found(): Report;
  /** Aborted at the next report. */
  nextReport(): AbortSignal;
  /** Reports at once, because the name in the queue has changed. */
  report(): Promise<void>;
  /** Records that this process takes no new work. */
  drain(): Promise<void>;
  end(): Promise<void>;
}

/**
 * Reports that this process is alive, at once and then until stopped. `onTakenOver`: this process was silent, and
 * others have taken over its work; after its next report, it counts like any other.
 */
export async function keepLease(given: {
  locks: Locks;
  executorId: string;
  host: string;
  /** Distinguishes machines of one name; empty if it is not known. */
  machine?: string;
  /** Which work the process takes, besides work that needs no label. */
  labels?: readonly string[];
  /** What the process can do now; asked for each report. */
  abilities?: () => Abilities;
  /** How much of the machine's resources is left; asked for each report. */
  pressure?: () => PressureReport | null;
  /** The name of this process in the queue; asked for each report. */
  queueWorker?: () => string | null;
  signal: AbortSignal;
  onTakenOver: () => void;
}): Promise<Lease> {
  const {
    locks,
    executorId,
    host,
    machine = '',
    labels = [],
    abilities,
    pressure,
    queueWorker,
    onTakenOver,
  } = given;
  const over = new AbortController();
  const signal = AbortSignal.any([given.signal, over.signal]);
  let isDraining = false;
  const beat = async () => {
    const told = [
      executorId,
      host,
      process.pid,
      machine,
      labels,
      isDraining,
      JSON.stringify(abilities?.() ?? null),
      JSON.stringify(pressure?.() ?? null),
      queueWorker?.() ?? null,
    ];
    const [row] = await locks.ask<Report & Record<string, unknown>>(beatSql, told);
    return row ?? { takeovers: 0, hasOthers: true, hasRuns: true };
  };
  let known: Report = await beat();
  let bell = new AbortController();
  const beatAgain = async () => {
    // A lost connection is restored below; any other failure here also fails the work.
    // Then it looks for itself, as if others were there.
    const found = await beat().catch(() => ({ ...known, hasOthers: true, hasRuns: true }));
    if (found.takeovers > known.takeovers) onTakenOver();
    known = found;
    bell.abort();
    bell = new AbortController();
  };
  const beating = repeat(beatEveryMs, beatAgain, signal);
  return {
    found: () => known,
    nextReport: () => bell.signal,
    report: beatAgain,
    drain: () => {
      isDraining = true;
      return beatAgain();
    },
    end: async () => {
      over.abort();
      const farewell = beating.then(() => locks.ask(endSql, [executorId])).catch(() => undefined);
      await Promise.race([farewell, sleep(farewellMs)]);
    },
  };
}

interface Heard {
  beats: bigint;
  atMs: number;
}

/**
 * Decides who is silent only by what this process has observed itself. Another machine's clock does not count, nor does
 * time in which this process was frozen.
 */
export class Listener {
  readonly #heard = new Map<string, Heard>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** One check: finds the processes that have not reported for the length of a lease. */
  silent(others: readonly OtherExecutor[], nowMs: number): OtherExecutor[] {
    if (nowMs - this.#lookedAtMs > inattentionMsMax) this.#heard.clear();
    this.#lookedAtMs = nowMs;
    for (const id of this.#heard.keys()) if (!others.some((one) => one.id === id)) this.#heard.delete(id);
    return others.filter(({ id, beats }) => {
      const heard = this.#heard.get(id);
      if (heard?.beats === beats) return nowMs - heard.atMs > leaseMs;
      this.#heard.set(id, { beats, atMs: nowMs });
      return false;
    });
  }
}

export interface Takeover {
  database: Database;
  locks: Locks;
  executorId: string;
  signal: AbortSignal;
  logger: Logger;
  /** This process has returned the runs of a dead or silent process to the queue. */
  onTookOver?: ((runs: number) => void) | undefined;
}

/** Makes one check of these processes. Call it every second, or more often. */
export async function takeOverFromTheSilent(
  given: Takeover,
  listener: Listener,
  others: readonly OtherExecutor[],
): Promise<void> {
  for (const silent of listener.silent(others, performance.now()))
    await takeOverFrom(given, silent, 'silent');
}

/**
 * Returns the work of a process to the queue, so that the process may write nothing more. One transaction: if this process
 * dies in the middle, the next one finds the other process not taken over.
 */
export async function takeOverFrom(
  { database, locks, signal, logger, onTookOver }: Takeover,
  other: OtherExecutor,
  state: 'dead' | 'silent',
): Promise<void> {
  const { id, host } = other;
  const runs = await database.transaction(async (query) => {
    const taken = await markTakenOver(query, other);
    if (!taken) return null;
    if (state === 'dead' || (await hasNoConnection(locks, id, logger))) await markEnded(query, id);
    return await returnWork(query, id, taken.queueWorker);
  }, signal);
  if (runs === null) return;
  logger.warn({ executorId: id, host, runs }, `took over the work of a ${state} process`);
  onTookOver?.(runs);
}

/**
 * Ends the connection that holds the locks of a silent process: from then on, its slots and other locks are free, unless
 * the server refuses. True if there was none.
 */
async function hasNoConnection(locks: Locks, id: string, logger: Logger): Promise<boolean> {
  try {
    return (await locks.ask(endHolderSql, [keyOf(executorLock(id))])).length === 0;
  } catch (cause) {
    logger.warn({ err: cause }, 'could not release the locks of a silent process');
    return false;
  }
}

/** The messages that a process had in its hands, and one for each run that it held. Returns how many runs there were. */
async function returnWork(query: Query, executorId: string, queueWorker: string | null): Promise<number> {
  // First, so that a message that is locked is replaced, not doubled.
  if (queueWorker !== null)
    await sql`select moose_queue.force_unlock_workers(array[${queueWorker}::text])`.execute(query);
  return (await announceRuns(query, sql`r.executor = ${executorId}`)).all;
}

/** Deletes the rows of processes that ended long ago, and of their turns. */
export async function tidyExecutors(database: Database, signal: AbortSignal): Promise<void> {
  await database.run(forgetExecutors, signal);
  await database.run(forgetTurns, signal);
}
