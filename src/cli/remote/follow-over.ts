// Follows the events of a work order over HTTP: no event is missed or repeated, also across lost connections.
import { calledEventsMax } from '../../contract/contract.ts';
import type { EventRow } from '../../engine/views/describe-event.ts';
import { sleep } from '../../stdx/sleep.ts';
import type { CliMoose, NamedOrder } from '../cli-moose.ts';
import type { Asking } from './asking.ts';
import { type BytesLeft, bytesOfList } from './read-bounded.ts';

const lookEveryMs = 500;

export async function followOver(
  { call }: Asking,
  { id }: NamedOrder,
  { afterId = 0n, signal, onEvent }: Parameters<CliMoose['follow']>[1],
): Promise<void> {
  for (let after = afterId; ; ) {
    signal.throwIfAborted();
    const { events, is_settled } = await call('events', { id, after: String(after) }, { signal });
    for (const event of events) {
      after = event.id;
      onEvent(event as EventRow);
    }
    if (events.length === calledEventsMax) continue;
    if (is_settled) return;
    await sleep(lookEveryMs, signal);
  }
}

/** All events until now, oldest first. */
export async function eventsOver(
  { call }: Asking,
  { id }: NamedOrder,
  left: BytesLeft = bytesOfList(),
): Promise<EventRow[]> {
  const all: EventRow[] = [];
  for (let isWhole = false; !isWhole; ) {
    const { events } = await call('events', { id, after: String(all.at(-1)?.id ?? 0n) }, { left });
    all.push(...(events as EventRow[]));
    isWhole = events.length < calledEventsMax;
  }
  return all;
}
