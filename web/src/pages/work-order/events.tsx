import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { type EventsRead, type EventView, readEvents } from './read-events.ts';
import { detailKey } from './use-work-order.ts';

const asksFor = 200;
const shownAtOnce = 100;

export function EventsTab({ id }: { id: string }) {
  const [most, setMost] = useState(shownAtOnce);
  const [isProgressAlone, setIsProgressAlone] = useState(false);
  const query = useEvents(id);
  if (query.isPending) return <Loading what="the events" lines={8} />;
  if (query.isError && !query.data)
    return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const { events, isWhole } = query.data;
  if (events.length === 0)
    return <Empty title="No events yet">Everything that happens to this work order appears here.</Empty>;
  const found = events.filter((event) => !isProgressAlone || event.is_progress).reverse();
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-quiet tabular-nums">
          {found.length} of {events.length}
          {isWhole ? '' : ' loaded'}, newest first
        </p>
        <label className="flex min-h-11 cursor-pointer items-center gap-2 sm:min-h-9">
          <input
            type="checkbox"
            className="h-4 w-4 accent-(--accent)"
            checked={isProgressAlone}
            onChange={(change) => setIsProgressAlone(change.target.checked)}
          />
          Progress only
        </label>
      </div>
      {query.isError ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : null}
      {isWhole ? null : (
        <Button isBusy={query.isFetching} onClick={() => void query.refetch()}>
          Load newer events
        </Button>
      )}
      <ol className="flex flex-col divide-y divide-line rounded-lg border border-line bg-surface">
        {found.slice(0, most).map((event) => (
          <EventLine key={event.id} event={event} />
        ))}
      </ol>
      {found.length > most ? (
        <Button className="min-h-11" onClick={() => setMost(most + shownAtOnce)}>
          Show {Math.min(shownAtOnce, found.length - most)} older events
        </Button>
      ) : null}
    </div>
  );
}

export function useEvents(id: string) {
  const client = useQueryClient();
  const queryKey = [...detailKey(id), 'events'];
  return useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      readEvents(
        (cursor) =>
          ask('get /api/work-orders/{id}/events', {
            params: { id },
            query: { cursor, limit: asksFor },
            signal,
          }),
        client.getQueryData<EventsRead>(queryKey),
      ),
  });
}

const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });

export function EventLine({ event }: { event: EventView }) {
  return (
    <li className="grid gap-x-4 gap-y-0.5 px-4 py-2 [overflow-wrap:anywhere] sm:grid-cols-[13rem_11rem_minmax(0,1fr)]">
      <span className="text-[13px] text-quiet">
        <time dateTime={event.at} className="tabular-nums text-text">
          {clock.format(new Date(event.at))}
        </time>{' '}
        <Ago at={event.at} />
      </span>
      <span className={classNames('font-mono text-[13px]', event.is_progress && 'font-semibold text-good')}>
        {event.kind}
        {event.is_progress ? <span className="sr-only"> (progress)</span> : null}
      </span>
      <span className="min-w-0">
        <Words text={event.what} />{' '}
        <span className="text-[13px] text-quiet">
          by <Words text={nameOfActor(event.actor)} />
        </span>
      </span>
    </li>
  );
}
