// Starts new work when it comes, and saves statements: DBOS polls, and asks the database at each poll, with four
// statements. Here a poll waits for the bell of the queue, and asks then; without a bell it looks once a second. It
// never asks while this process has no room. Delays end by the clock of the database.
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { workflowTimeoutConfig } from '@dbos-inc/dbos-sdk/internal/workflow_management';
import type pg from 'pg';
import { hasErrorCode } from '../stdx/system-error.ts';
import { rest } from '../stdx/wake-loop.ts';
import { listenForEvents } from '../store/live/listen.ts';
import { queueName, workflowName } from './enqueue-run.ts';

/** Delayed work becomes due without a bell, and a bell may be lost with a connection. */
const lookEveryMs = 1_000;
/** Nothing of Moose uses the other queues of DBOS, or its time limits. */
const unusedEveryMs = 60_000;

export interface QueueLooks {
  /** The queue has new work: this process asks for it. */
  ring(): void;
  closed: Promise<void>;
}

interface Signals {
  /** Aborted when this process stops listening. */
  signal: AbortSignal;
  /** Aborted when this process takes no new work; a poll that waits then ends. */
  takes: AbortSignal;
}

/** Call this after each launch of DBOS; it applies to that launch. */
export function lookWhenRung(url: string, pool: pg.Pool, { signal, takes }: Signals): QueueLooks {
  let isRung = true;
  let bell = new AbortController();
  const ring = () => {
    isRung = true;
    bell.abort();
  };
  const { closed } = listenForEvents(url, ring, signal, 'moose_queue');
  workflowTimeoutConfig.pollingIntervalMs = unusedEveryMs;
  const system = DBOSExecutor.globalInstance?.systemDatabase;
  if (!system) throw new TypeError('DBOS is not launched');
  const ask = system.findAndMarkStartableWorkflows.bind(system);
  const askedAtMs = new Map<string, number>();
  const running = () => system.countRunningWorkflowsForQueue(queueName);

  // DBOS calls this once a second. It would start the delayed runs of all machines by the clock of this one.
  system.transitionDelayedWorkflows = async () => void (await pool.query(startDue, [workflowName]));
  system.findAndMarkStartableWorkflows = async (...given) => {
    const [queue, executorId, version, partition, , ...others] = given;
    if (queue.name !== queueName) {
      const nowMs = performance.now();
      const sinceMs = nowMs - (askedAtMs.get(queue.name) ?? Number.NEGATIVE_INFINITY);
      if (takes.aborted || sinceMs < unusedEveryMs) return [];
      askedAtMs.set(queue.name, nowMs);
      return ask(...given);
    }
    const roomMax = queue.workerConcurrency ?? Number.POSITIVE_INFINITY;
    // Remembers the bell until there is room.
    if (roomMax <= running()) return [];
    if (!isRung) {
      bell = new AbortController();
      await rest(lookEveryMs, AbortSignal.any([takes, bell.signal]));
    }
    // Runs may have come by another way meanwhile: those of a dead process.
    const room = roomMax - running();
    if (takes.aborted || room <= 0) return [];
    // Reset before the query, so that a bell during the query counts.
    const wasRung = isRung;
    isRung = false;
    try {
      if (!wasRung && !(await hasWork(pool))) return [];
      const claimed = await ask(queue, executorId, version, partition, running(), ...others);
      // More may wait.
      if (claimed.length >= room) isRung = true;
      return claimed;
    } catch (cause) {
      if (wasRung) isRung = true;
      throw unlessContention(cause);
    }
  };
  return { ring, closed };
}

/** serialization_failure, lock_not_available */
const contention = ['40001', '55P03'];

/**
 * DBOS takes these for a sign that others claim the work, and then looks half as often each time, down to once in two
 * minutes, whatever the bell says. Processes skip rows that others have locked, so here they have another reason.
 */
function unlessContention(cause: unknown): unknown {
  if (!(cause instanceof Error) || !hasErrorCode(cause, ...contention)) return cause;
  return new Error(cause.message, { cause });
}

const startDue = `update moose_dbos.workflow_status set status = 'ENQUEUED',
    updated_at = (extract(epoch from clock_timestamp()) * 1000)::bigint
  where status = 'DELAYED' and name = $1
    and delay_until_epoch_ms <= extract(epoch from clock_timestamp()) * 1000`;

async function hasWork(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from moose_dbos.workflow_status where status = 'ENQUEUED' and queue_name = $1 limit 1`,
    [queueName],
  );
  return rowCount !== 0;
}
