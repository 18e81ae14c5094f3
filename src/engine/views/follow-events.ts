// Follows the events of a work order: no event is missed or repeated, even across lost connections.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Database, Query } from '../../store/database.ts';
import { listenForEvents } from '../../store/live/listen.ts';
import { openRunOf } from '../../store/work/runs/runs.ts';
import { eventsOf, workOrderById } from '../../store/work/work-orders/work-orders.ts';
import type { EventRow } from './work-order/describe-event.ts';

const eventsPage = 1_000;

/** True if no run of the work order is open and it does not wait for CI: nothing more will happen by itself. */
export async function isSettled(query: Query, id: WorkOrderId): Promise<boolean> {
  if (await openRunOf(query, id)) return false;
  const order = await workOrderById(query, id);
  return order?.status !== 'in_progress' || order.step !== 'awaiting_ci';
}

/** Calls `onEvent` for each event after `afterId` until the work order is settled. */
export async function followEvents(
  database: Database,
  id: WorkOrderId,
  options: { afterId?: bigint; signal: AbortSignal; onEvent(event: EventRow): void },
): Promise<void> {
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
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  let lastId = options.afterId ?? 0n;
  try {
    await listening.ready;
    for (;;) {
      signal.throwIfAborted();
      isRung = false;
      // The state is read before the events: if it has ended, the events read below are complete.
      const isOver = await database.run((query) => isSettled(query, id), signal);
      for (let page = eventsPage; page === eventsPage; ) {
        const events = await database.run((query) => eventsOf(query, id, lastId, eventsPage), signal);
        for (const event of events) {
          lastId = event.id;
          options.onEvent(event);
        }
        page = events.length;
      }
      if (isOver) return;
      if (!isRung) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (isRung || signal.aborted) resolve();
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    over.abort();
    await listening.closed;
  }
}
