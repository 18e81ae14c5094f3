// Reads all events of a work order. Continues from the last page, so that known events are not loaded again.
import type { EventPage as WholePage, WorkOrderEvent } from '../../../../src/contract/contract.ts';

export type EventPage = Pick<WholePage, 'items' | 'next_cursor'>;
export type EventView = WorkOrderEvent;

/** Limit per reload; the next one continues. */
export const eventPagesMax = 25;

export interface EventsRead {
  events: readonly EventView[];
  /** Cursor of the last page, and where its events start. */
  lastCursor: string | undefined;
  lastFrom: number;
  isWhole: boolean;
}

export async function readEvents(
  ask: (cursor: string | undefined) => Promise<EventPage>,
  before?: EventsRead,
): Promise<EventsRead> {
  let cursor = before?.lastCursor;
  let events = before?.events.slice(0, before.lastFrom) ?? [];
  for (let pages = 1; ; pages++) {
    const page = await ask(cursor);
    const lastFrom = events.length;
    events = [...events, ...page.items];
    const next = page.next_cursor;
    if (next === null || pages === eventPagesMax)
      return { events, lastCursor: cursor, lastFrom, isWhole: next === null };
    cursor = next;
  }
}
