// Saves statements: DBOS asks the database for work at each of its polls, with four statements. Here it asks
// only after the bell of the queue has rung, once a second in any case, and never while this process has no
// room.
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { workflowTimeoutConfig } from '@dbos-inc/dbos-sdk/internal/workflow_management';
import type pg from 'pg';
import { listenForEvents } from '../store/live/listen.ts';
import { queueName } from './enqueue-run.ts';

/** Delayed work becomes due without a bell, and a bell may be lost with a connection. */
const lookEveryMs = 1_000;
/** Nothing of Moose uses the other queues of DBOS, or its time limits. */
const unusedEveryMs = 60_000;

export interface QueueLooks {
  /** The queue has new work: the next poll asks for it. */
  ring(): void;
  closed: Promise<void>;
}

/** Call this after each launch of DBOS; it applies to that launch. */
export function lookWhenRung(url: string, pool: pg.Pool, signal: AbortSignal): QueueLooks {
  let isRung = true;
  const ring = () => {
    isRung = true;
  };
  const { closed } = listenForEvents(url, ring, signal, 'moose_queue');
  workflowTimeoutConfig.pollingIntervalMs = unusedEveryMs;
  const system = DBOSExecutor.globalInstance?.systemDatabase;
  if (!system) throw new TypeError('DBOS is not launched');
  const ask = system.findAndMarkStartableWorkflows.bind(system);
  const askedAtMs = new Map<string, number>();
  system.findAndMarkStartableWorkflows = async (...given) => {
    const [queue, , , , running = 0] = given;
    const isOwn = queue.name === queueName;
    const room = (queue.workerConcurrency ?? Number.POSITIVE_INFINITY) - running;
    // The bell is kept for when there is room.
    if (signal.aborted || (isOwn && room <= 0)) return [];
    const nowMs = performance.now();
    const sinceMs = nowMs - (askedAtMs.get(queue.name) ?? Number.NEGATIVE_INFINITY);
    const wasRung = isOwn && isRung;
    if (!wasRung && sinceMs < (isOwn ? lookEveryMs : unusedEveryMs)) return [];
    // Reset before the query, so that a bell during the query counts.
    if (wasRung) isRung = false;
    try {
      if (isOwn && !wasRung && !(await hasWork(pool))) return [];
      const claimed = await ask(...given);
      // More may wait.
      if (isOwn && claimed.length >= room) isRung = true;
      return claimed;
    } catch (cause) {
      if (wasRung) isRung = true;
      throw cause;
    } finally {
      askedAtMs.set(queue.name, nowMs);
    }
  };
  return { ring, closed };
}

async function hasWork(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from moose_dbos.workflow_status where status = 'ENQUEUED' and queue_name = $1 limit 1`,
    [queueName],
  );
  return rowCount !== 0;
}
