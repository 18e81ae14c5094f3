import { expect, test } from 'vitest';
import { type EventPage, type EventView, eventPagesMax, readEvents } from './read-events.ts';

const event = (id: number): EventView => ({
  id: String(id),
  at: '2026-01-01T00:00:00.000Z',
  kind: 'k',
  actor: 'a',
  what: `${id}`,
  reason: '',
  from: null,
  to: null,
  is_progress: false,
  detail: {},
});

function asking(all: EventView[], asked: Array<string | undefined> = [], size = 2) {
  return async (cursor: string | undefined): Promise<EventPage> => {
    asked.push(cursor);
    const from = Number(cursor ?? 0);
    return {
      items: all.slice(from, from + size),
      next_cursor: from + size < all.length ? String(from + size) : null,
    };
  };
}

test('only the last page and later ones are requested again', async () => {
  const all = [1, 2, 3, 4, 5].map(event);
  const first = await readEvents(asking(all));
  expect(first.events.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
  const asked: Array<string | undefined> = [];
  const second = await readEvents(asking([...all, event(6), event(7)], asked), first);
  expect(second.events.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  expect(asked).toEqual(['4', '6']);
});

test('very many events are read in several rounds', async () => {
  const all = Array.from({ length: eventPagesMax * 2 + 3 }, (_, index) => event(index));
  const first = await readEvents(asking(all));
  expect(first.isWhole).toBe(false);
  const second = await readEvents(asking(all), first);
  expect([second.isWhole, second.events.length]).toEqual([true, all.length]);
});
