// What happened: the steps of each run, what people said and decided, and what the processes print.
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { EventLine, useEvents } from './events.tsx';
import { OutputTab } from './output.tsx';
import { Timeline } from './timeline.tsx';

export function ActivityTab({ detail, session }: { detail: WorkOrderDetail; session: string | undefined }) {
  return (
    <div className="flex flex-col gap-4">
      <Timeline detail={detail} />
      <ByPeople id={detail.id} />
      <section aria-label="Output">
        <OutputTab detail={detail} chosen={session} />
      </section>
    </div>
  );
}

const shownMax = 30;

/** Messages, answers and other acts of people; Debug has all events. */
function ByPeople({ id }: { id: string }) {
  const { data } = useEvents(id);
  const acts = (data?.events ?? []).filter(({ actor }) => actor.startsWith('human:')).reverse();
  if (acts.length === 0) return null;
  return (
    <Card title="What people did" isFlush>
      <ol className="flex flex-col divide-y divide-line">
        {acts.slice(0, shownMax).map((event) => (
          <EventLine key={event.id} event={event} />
        ))}
      </ol>
    </Card>
  );
}
