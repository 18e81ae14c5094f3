// Follows the events of a work order: no event is missed or repeated, also across lost connections.
import { pageSizeMax, type WorkOrderEvent } from '../../contract/contract.ts';
import type { Ask } from '../../contract/operations/ask.ts';
import { listWorkOrderEvents } from '../../contract/operations/work-orders.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { type BytesLeft, bytesOfList } from './read-bounded.ts';

const lookEveryMs = 500;

export interface NamedOrder {
  id: string;
}

export interface FollowOptions {
  /** The last event that is known already. */
  afterId?: string | undefined;
  signal: AbortSignal;
  onEvent(event: WorkOrderEvent): void;
}

export async function followEvents(
  ask: Ask,
  { id }: NamedOrder,
  { afterId, signal, onEvent }: FollowOptions,
): Promise<void> {
  for (let cursor = afterId; ; ) {
    signal.throwIfAborted();
    const query = { cursor, limit: pageSizeMax };
    const page = await ask(listWorkOrderEvents, { params: { id }, query, signal });
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
export async function listEvents(
  ask: Ask,
  { id }: NamedOrder,
  left: BytesLeft = bytesOfList(),
): Promise<WorkOrderEvent[]> {
  const all: WorkOrderEvent[] = [];
  for (;;) {
    const query = { cursor: all.at(-1)?.id, limit: pageSizeMax };
    const { items, next_cursor } = await ask(listWorkOrderEvents, { params: { id }, query, left });
    all.push(...items);
    if (items.length === 0 || next_cursor === null) return all;
  }
}

/** `is_settled`: whether nothing more happens by itself; `newest_id`: 0 if there is no event. */
export function newestEvent(ask: Ask, { id }: NamedOrder) {
  return ask(listWorkOrderEvents, { params: { id }, query: { limit: 1 } });
}
