// A lease: a process that carries runs reports every few seconds, and takes over from processes that do not. The
// advisory lock shows who has died; a process that hangs, or has lost its machine or network, keeps its lock.
import type { Logger } from 'pino';
import type { Abilities } from '../domain/abilities.ts';
import type { PressureReport } from '../domain/pressure.ts';
import { sleep } from '../stdx/sleep.ts';
import { repeat } from '../stdx/wake-loop.ts';
import type { Database } from '../store/database.ts';
import {
  beatEveryMs,
  beatSql,
  endSql,
  forgetExecutors,
  leaseMs,
  markEnded,
  markTakenOver,
  type OtherExecutor,
  otherExecutors,
} from '../store/work/executors.ts';
import { forgetTurns } from '../store/work/job-turns.ts';
import { endHolderSql, keyOf, type Locks } from './locks.ts';

/** The time limit for the last report: waiting longer for an unavailable database is not worthwhile. */
const farewellMs = 2_000;
/** A process that has not checked for this long has missed reports: it starts listening again. */
const inattentionMsMax = 5_000;

export const executorLock = (executorId: string) => `executor:${executorId}`;

export interface Lease {
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
  signal: AbortSignal;
  onTakenOver: () => void;
}): Promise<Lease> {
  const { locks, executorId, host, machine = '', labels = [], abilities, pressure, onTakenOver } = given;
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
    ];
    const [row] = await locks.ask<{ takeovers: number }>(beatSql, told);
    return row?.takeovers ?? 0;
  };
  let known = await beat();
  const beatAgain = async () => {
    // A lost connection is restored below; any other failure here also fails the work.
    const takeovers = await beat().catch(() => known);
    if (takeovers > known) onTakenOver();
    known = takeovers;
  };
  const beating = repeat(beatEveryMs, beatAgain, signal);
  return {
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
  claimRunsOf(executorId: string): Promise<number>;
}

/** Makes one check. Call it every second. Returns how many other processes there are. */
export async function takeOverFromTheSilent(given: Takeover, listener: Listener): Promise<number> {
  const { database, executorId, signal } = given;
  const others = await database.run((query) => otherExecutors(query, executorId), signal);
  for (const silent of listener.silent(others, performance.now())) await takeOverFrom(given, silent);
  return others.length;
}

/** One transaction: if this process dies in the middle, the next one finds the silent process not taken over. */
async function takeOverFrom(
  { database, locks, signal, logger, claimRunsOf }: Takeover,
  silent: OtherExecutor,
): Promise<void> {
  await database.transaction(async (query) => {
    if (!(await markTakenOver(query, silent))) return;
    // From here on, the slots and other locks of the silent process are free, unless the server refuses to end its
    // connection.
    const ended = await locks.ask(endHolderSql, [keyOf(executorLock(silent.id))]).catch((cause: unknown) => {
      logger.warn({ err: cause }, 'could not release the locks of a silent process');
      return null;
    });
    const runs = await claimRunsOf(silent.id);
    if (ended?.length === 0) await markEnded(query, silent.id);
    else logger.warn({ executorId: silent.id, host: silent.host, runs }, 'took over from a silent process');
  }, signal);
}

/** Deletes the rows of processes that ended long ago, and of their turns. */
export async function tidyExecutors(database: Database, signal: AbortSignal): Promise<void> {
  await database.run(forgetExecutors, signal);
  await database.run(forgetTurns, signal);
}
