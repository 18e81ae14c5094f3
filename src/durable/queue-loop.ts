// Keeps the queue's loop on time. The loop of DBOS sleeps until instants of this process's clock. When the
// clock is set back, these instants are far away, and no work would start until then; so the loop is started
// again. And it would start the delayed runs of all machines by this process's clock, which may be ahead: here it starts
// them by the clock of the database.
import type { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { sleep } from '../stdx/sleep.ts';
import type { Database, Query } from '../store/database.ts';
import { workflowName } from './enqueue-run.ts';

const lookEveryMs = 250;
/** A smaller step only delays work by as much. */
const setBackMsMin = 1_000;

interface OnTime {
  executor: DBOSExecutor;
  database: Database;
  logger: Logger;
  /** Aborted when this process takes no new work. */
  signal: AbortSignal;
}

/** Looks until the signal is aborted; then ends the loop and resolves when it has ended. Never rejects. */
export async function keepOnTime({ executor, database, logger, signal }: OnTime): Promise<void> {
  // The loop calls this once a second.
  executor.systemDatabase.transitionDelayedWorkflows = () => startDelayed(database, signal);
  let again: Promise<void> = Promise.resolve();
  let aheadMs = Date.now() - performance.now();
  while (!signal.aborted) {
    await sleep(lookEveryMs, signal).catch(() => undefined);
    const setBackMs = aheadMs - (Date.now() - performance.now());
    aheadMs -= setBackMs;
    try {
      if (setBackMs >= setBackMsMin && !signal.aborted) {
        logger.warn({ setBackMs: Math.round(setBackMs) }, 'the clock was set back; the queue starts again');
        await executor.deactivateEventReceivers();
        await again;
        if (!signal.aborted) again = wfQueueRunner.dispatchLoop(executor, null);
      }
    } catch (cause) {
      if (!signal.aborted) logger.warn({ err: cause }, 'maintaining the queue failed; trying again');
    }
  }
  await executor.deactivateEventReceivers();
  await again;
}

async function startDelayed(database: Database, signal: AbortSignal): Promise<void> {
  const start = (query: Query) =>
    sql`update moose_dbos.workflow_status set status = 'ENQUEUED',
        updated_at = (extract(epoch from clock_timestamp()) * 1000)::bigint
      where status = 'DELAYED' and name = ${workflowName}
        and delay_until_epoch_ms <= extract(epoch from clock_timestamp()) * 1000`.execute(query);
  await database.run(start, signal).catch((cause: unknown) => {
    if (!signal.aborted) throw cause;
  });
}
