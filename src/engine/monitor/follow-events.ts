// The events of a work order as they happen: none is missed, none comes twice, over lost connections too.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { listenForEvents } from '../../store/listen.ts';
import { eventsOf, type WorkOrder, workOrderById } from '../../store/work-orders.ts';
import type { EventRow } from './describe-event.ts';

/** True where nothing more will happen by itself. */
export function isSettled({ status, cancelRequestedAt }: WorkOrder): boolean {
  if (status === 'pending') return false;
  return status !== 'in_progress' && (status !== 'needs_review' || cancelRequestedAt === null);
}

/** Calls `onEvent` for each event after `afterId` until the work order is settled; returns it as it is then. */
export async function followEvents(
  database: Database,
  id: WorkOrderId,
  options: { afterId?: bigint; signal: AbortSignal; onEvent(event: EventRow): void },
): Promise<WorkOrder> {
  const { signal } = options;
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  let wake: () => void = () => undefined;
  let isRung = true;
  const listening = listenForEvents(
    database.url,
    (which) => {
      if (which !== null && which !== id) return;
      isRung = true;
      wake();
    },
    stop,
  );
  signal.addEventListener('abort', () => wake(), { once: true });
  let lastId = options.afterId ?? 0n;
  try {
    await listening.ready;
    for (;;) {
      signal.throwIfAborted();
      isRung = false;
      // The state is read before the events: an end that is seen here has all its events seen below.
      const order = await database.run((query) => workOrderById(query, id), signal);
      for (const event of await database.run((query) => eventsOf(query, id, lastId), signal)) {
        lastId = event.id;
        options.onEvent(event);
      }
      if (order && isSettled(order)) return order;
      if (!isRung) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (isRung || signal.aborted) resolve();
        });
      }
    }
  } finally {
    over.abort();
    await listening.closed;
  }
}
