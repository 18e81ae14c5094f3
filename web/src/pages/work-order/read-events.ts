// All events of a work order, kept and read on from where the last page began: what was read once is not asked for again.
import type { z } from 'zod';
import type { eventPage } from '../../../../src/api/contract.ts';

export type EventPage = z.infer<typeof eventPage>;
export type EventView = EventPage['items'][number];

/** In one go; the rest comes with the next. */
export const eventPagesMax = 25;

export interface EventsRead {
  events: readonly EventView[];
  /** The address of the page that was read last, and where its events begin. */
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
