// Keeps the queue's loop on time. The loop of DBOS sleeps until instants of this process's clock. When the
// clock is set back, these instants are far away, and no work would start until then; so the loop is started
// again.
import type { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import type { Logger } from 'pino';
import { sleep } from '../stdx/sleep.ts';

const lookEveryMs = 250;
/** A smaller step only delays work by as much. */
const setBackMsMin = 1_000;

interface OnTime {
  executor: DBOSExecutor;
  logger: Logger;
  /** Aborted when this process takes no new work. */
  signal: AbortSignal;
}

/** Looks until the signal is aborted; then ends the loop and resolves when it has ended. Never rejects. */
export async function keepOnTime({ executor, logger, signal }: OnTime): Promise<void> {
  let again: Promise<void> = Promise.resolve();
  let aheadMs = Date.now() - performance.now();
  while (!signal.aborted) {
    await sleep(lookEveryMs, signal).catch(() => undefined);
    const setBackMs = aheadMs - (Date.now() - performance.now());
    aheadMs -= setBackMs;
    try {
      if (setBackMs >= setBackMsMin && !signal.aborted) {
        logger.warn(
          { setBackMs: Math.round(setBackMs) },
          'the system clock was set back; restarting the queue',
        );
        await executor.deactivateEventReceivers();
        await again;
        if (!signal.aborted) again = wfQueueRunner.dispatchLoop(executor, null);
      }
    } catch (cause) {
      if (!signal.aborted) logger.warn({ err: cause }, 'could not maintain the queue; retrying');
    }
  }
  await executor.deactivateEventReceivers();
  await again;
}
