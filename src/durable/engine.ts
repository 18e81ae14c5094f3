// Decides who runs what, and when: runs are workflows on a queue, and a living process takes over the work of a dead
// one. The progress of a run is not stored here: its finished steps are in Moose's own tables, written in the same
// transactions. So a workflow records no operations, and the code may change while work is running.
import { DBOS } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Abilities } from '../domain/abilities.ts';
import type { TransientError } from '../domain/failure.ts';
import type { RunId } from '../domain/ids.ts';
import type { PressureReport } from '../domain/pressure.ts';
import { sleep } from '../stdx/sleep.ts';
import { endPool } from '../store/connection/connection.ts';
import { asMooseError } from '../store/connection/database-failure.ts';
import { watchSilence } from '../store/connection/silent-connections.ts';
import type { Database } from '../store/database.ts';
import { engineSchema } from '../store/schema/own-schema.ts';
import { applicationName, applicationVersion, legOf, queueName, workflowName } from './enqueue-run.ts';
import { assertOwnName } from './host-name.ts';
import { executorLock, keepLease, tidyExecutors } from './lease.ts';
import { openLocks } from './locks.ts';
import { openPool } from './open-pool.ts';
import { lookWhenRung } from './queue-looks.ts';
import { keepOnTime } from './queue-loop.ts';
import { RunningWorkflows } from './running-workflows.ts';
import { createSlots, type Slots } from './slots.ts';
import { watchForTheDead } from './watch-for-the-dead.ts';

/**
 * Moose itself stops a run that keeps killing its process: it counts how often the run is taken up, and asks
 * a person. DBOS would stop it silently.
 */
const recoveryAttemptsMax = 1_000_000;

/**
 * The engine checks its queue many times a second, so a database that rejects it for a night would fill the disk with
 * the same log line.
 */
const sameWarningEveryMs = 30_000;
const warningsMax = 100;
/** How often a draining process checks whether its runs have ended. */
const drainLookMs = 50;
/** Expected when a process ends: its work stays as it is, and the next process takes it up. */
const meantSo = /^Shutting down while \d+ workflows are still running/;

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
  pollMs: number;
  /** Carries a run as far as possible now, if it is at this leg. Rejects only with the signal's reason. */
  execute(
    runId: RunId,
    engine: { executorId: string; slots: Slots; leg: number; drains: AbortSignal },
    signal: AbortSignal,
  ): Promise<void>;
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
  const lease = await keepLease({
    locks,
    executorId,
    host: options.host,
    machine: options.machine ?? '',
    labels: options.labels ?? [],
    ...(options.abilities ? { abilities: options.abilities } : {}),
    ...(options.pressure ? { pressure: options.pressure } : {}),
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
  const atWork = new RunningWorkflows();
  try {
    const own = { executorId, host: options.host, machine: options.machine ?? '' };
    await assertOwnName(database, own, stop.signal);
    await launch(options, pool, { slots, atWork, tenure, drains: drains.signal }, stop.signal);
  } catch (cause) {
    throw asMooseError(cause, 'start the durable engine');
  }
  const takes = AbortSignal.any([stop.signal, drains.signal]);
  const looks = lookWhenRung(database.url, pool, { signal: stop.signal, takes });
  await tidyExecutors(database, stop.signal);
  const watch = watchForTheDead({
    database,
    locks,
    executorId,
    applicationVersion,
    signal: takes,
    logger,
    claimRunsOf: async (deadExecutorId) => {
      const taken = await running().recoverPendingWorkflows([deadExecutorId]);
      looks.ring();
      options.onTookOver?.(taken.length);
      return taken.length;
    },
    runs: (workflowId) => atWork.has(workflowId),
  });
  const onTime = keepOnTime({ executor: running(), logger, signal: takes });
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
      // The loop that takes work from the queue ends with the drain; the runs continue.
      void onTime.then(() => {
        isDeaf = true;
      });
      while (!(isDeaf && atWork.size === 0) && performance.now() < untilMs && !signal.aborted)
        await sleep(drainLookMs);
      return atWork.size;
    },
    stop: () => stop.abort(new DOMException('Moose is stopping', 'AbortError')),
    close: async () => {
      stop.abort(new DOMException('Moose is stopping', 'AbortError'));
      await watch;
      await onTime;
      await looks.closed;
      await DBOS.shutdown({ deregister: true });
      await endPool(pool, silence);
      await lease.end();
      await locks.close();
    },
  };
}

/** After `launch`. */
function running(): DBOSExecutor {
  const executor = DBOSExecutor.globalInstance;
  if (!executor) throw new Error('The durable engine does not run');
  return executor;
}

interface LaunchDeps {
  slots: Slots;
  atWork: RunningWorkflows;
  tenure: { current: AbortController };
  /** Aborted when this process takes no new work. */
  drains: AbortSignal;
}

async function launch(
  options: DurableOptions,
  pool: pg.Pool,
  { slots, atWork, tenure, drains }: LaunchDeps,
  signal: AbortSignal,
): Promise<void> {
  const { executorId } = options;
  DBOS.setConfig({
    name: applicationName,
    systemDatabaseUrl: options.database.url,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: engineSchema,
    executorID: executorId,
    applicationVersion,
    logger: loggerFor(options.logger),
  });
  DBOS.registerWorkflow(
    async (runId: string) => {
      const workflowId = DBOS.workflowID ?? '';
      atWork.begin(workflowId);
      const held = tenure.current.signal;
      const host = { executorId, slots, leg: legOf(workflowId), drains };
      try {
        await options.execute(runId as RunId, host, AbortSignal.any([signal, held]));
      } catch (cause) {
        // Returning would mark the run as finished. It is not finished: another process takes it up.
        if (signal.aborted) return await new Promise<never>(() => undefined);
        // The process that took over the run reports its end; the queue allows nobody else to.
        if (held.aborted) return;
        throw cause;
      } finally {
        atWork.end(workflowId);
      }
    },
    { name: workflowName, maxRecoveryAttempts: recoveryAttemptsMax },
  );
  await DBOS.launch();
  await DBOS.registerQueue(queueName, {
    workerConcurrency: options.runsMax,
    minPollingIntervalMs: options.pollMs,
    onConflict: 'always_update',
  });
}

/** Without this pool, DBOS would create its own, whose setup makes `pg` warn on stderr. */
/** DBOS' own progress messages are useless to a person; its warnings are shown, each only once in a while. */
export function loggerFor(logger: Pick<Logger, 'warn'>) {
  const silent = () => undefined;
  const saidAt = new Map<string, number>();
  const warn = (entry: unknown) => {
    const text = String(entry);
    if (meantSo.test(text)) return;
    const nowMs = performance.now();
    if (nowMs - (saidAt.get(text) ?? Number.NEGATIVE_INFINITY) < sameWarningEveryMs) return;
    if (saidAt.size >= warningsMax) saidAt.clear();
    saidAt.set(text, nowMs);
    logger.warn({ dbos: text }, 'durable engine');
  };
  return { info: silent, debug: silent, warn, error: warn };
}
