// Follows the events of a work order over HTTP: no event is missed or repeated, also across lost connections.
import { eventPage, pageSizeMax, type WorkOrderEvent } from '../../contract/contract.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import type { FollowOptions, NamedOrder } from '../cli-moose.ts';
import { type Asking, segment } from './asking.ts';
import { type BytesLeft, bytesOfList } from './read-bounded.ts';

const lookEveryMs = 500;
const pathOf = ({ id }: NamedOrder) => `/api/work-orders/${segment(id)}/events`;
const limit = String(pageSizeMax);

export async function followOver(
  { get }: Asking,
  order: NamedOrder,
  { afterId, signal, onEvent }: FollowOptions,
): Promise<void> {
  for (let cursor = afterId; ; ) {
    signal.throwIfAborted();
    const page = await get(pathOf(order), eventPage, { query: { cursor, limit }, signal });
    for (const event of page.items) {
      cursor = event.id;
      onEvent(event);
    }
    // A page without events is the last one, whatever the server says.
    if (page.items.length > 0 && page.next_cursor !== null) continue;
    if (page.is_settled) return;
    await sleep(lookEveryMs, signal);
  }
}

/** All events until now, oldest first. */
export async function eventsOver(
  { get }: Asking,
  order: NamedOrder,
  left: BytesLeft = bytesOfList(),
): Promise<WorkOrderEvent[]> {
  const all: WorkOrderEvent[] = [];
  for (;;) {
    const query = { cursor: all.at(-1)?.id, limit };
    const { items, next_cursor } = await get(pathOf(order), eventPage, { query, left });
    all.push(...items);
    if (items.length === 0 || next_cursor === null) return all;
  }
}

/** Whether nothing more happens by itself, and the newest event until now. */
export async function eventsNow({ get }: Asking, order: NamedOrder) {
  return get(pathOf(order), eventPage, { query: { limit: '1' } });
}
