// Says that an answer from outside takes long, while it is waited for (R-GO-9).
import { storableText } from '../../store/storable.ts';
import { holdFence } from '../../store/work/runs.ts';
import { recordEvent } from '../../store/work/work-orders.ts';
import type { Work } from '../run/work.ts';

/** An ordinary push ends sooner. */
const slowMs = 30_000;

/** `what` completes the sentence 'Moose waits for …'. */
export async function reportIfSlow<T>(
  work: Pick<Work, 'database' | 'run' | 'order' | 'actor' | 'logger' | 'signal'>,
  what: string,
  call: () => Promise<T>,
  afterMs = slowMs,
): Promise<T> {
  const { database, run, order, actor, logger, signal } = work;
  const because = `No answer for ${Math.round(afterMs / 1_000)} s: Moose waits for ${what}.`;
  const record = () =>
    database
      .transaction(async (query) => {
        await holdFence(query, run.id, run.fence, { waitingFor: storableText(because) });
        await recordEvent(query, { workOrderId: order.id, kind: 'answer.slow', actor, reason: because });
      }, signal)
      .catch((cause: unknown) => logger.warn({ err: cause }, 'could not record a slow answer'));
  const timer = setTimeout(() => void record(), afterMs);
  try {
    return await call();
  } finally {
    clearTimeout(timer);
  }
}
