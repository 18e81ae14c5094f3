// The board: first the work orders that need a person, then the others by status.
import { CircleCheck } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { Button } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { isWideQuery, useMediaQuery } from '../../parts/use-media-query.ts';
import { tableOf } from './lane-queries.ts';
import { LaneSwitch } from './lane-switch.tsx';
import { laneTitles, type ShownLane } from './lanes.ts';
import type { Change } from './search-state.ts';
import { WorkOrderCard } from './work-order-card.tsx';

export interface BoardProps {
  lanes: readonly ShownLane[];
  change: Change;
}

/** Limit of the first lane, so that the lanes below it stay visible. */
const bandItemsMax = 8;

export function Board({ lanes, change }: BoardProps) {
  const isWide = useMediaQuery(isWideQuery);
  if (!isWide) return <LaneSwitch lanes={lanes} change={change} />;
  const band = lanes.find(({ lane }) => lane === 'needs_you');
  const columns = lanes.filter(({ lane }) => lane !== 'needs_you');
  return (
    <div className="flex flex-col gap-5">
      {band ? <Band band={band} change={change} /> : null}
      {columns.length > 0 ? (
        <div
          className={classNames(
            'grid items-start gap-4',
            columns.length === 1 ? 'grid-cols-1' : 'grid-cols-2 xl:grid-cols-4',
          )}
        >
          {columns.map((lane) => (
            <LaneSection key={lane.lane} {...lane}>
              <LaneItems lane={lane} change={change} />
            </LaneSection>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function Band({ band, change }: { band: ShownLane; change: Change }) {
  return (
    <LaneSection {...band}>
      {band.items.length === 0 ? (
        <p className="flex items-center gap-2 rounded-lg border border-line bg-surface px-4 py-3 text-good">
          <CircleCheck aria-hidden size={18} /> No work orders need you.{' '}
        </p>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(17rem,1fr))] gap-3">
          {band.items.slice(0, bandItemsMax).map((order) => (
            <li key={order.id} className="grid">
              <WorkOrderCard order={order} hasStage />
            </li>
          ))}
        </ul>
      )}
      <MoreOf lane={band} shown={Math.min(bandItemsMax, band.items.length)} change={change} />
    </LaneSection>
  );
}

export function LaneSection({ lane, total, items, children }: ShownLane & { children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} data-lane={lane} className="flex min-w-0 flex-col gap-2.5">
      <h2 id={id} className="flex items-center gap-2 font-semibold">
        {laneTitles[lane]}
        <LaneCount lane={lane} total={total} items={items} />
      </h2>
      {children}
    </section>
  );
}

export function LaneCount({ lane, total, items }: ShownLane) {
  const isUrgent = lane === 'needs_you' && items.length > 0;
  return (
    <span
      className={classNames(
        'rounded-full px-2 text-xs font-medium leading-5 tabular-nums',
        isUrgent ? 'bg-warn-soft text-warn' : 'bg-raised text-quiet',
      )}
    >
      {total === null ? `${items.length}+` : total.toLocaleString('en')}
    </span>
  );
}

const emptyWords: Readonly<Record<ShownLane['lane'], string>> = {
  needs_you: 'No work orders need you.',
  pending: 'No pending work orders.',
  in_progress: 'No work orders in progress.',
  completed: 'No completed work orders yet.',
  failed: 'No failed or cancelled work orders.',
};

export function LaneItems({ lane, change }: { lane: ShownLane; change: Change }) {
  if (lane.items.length === 0) {
    return (
      <p className="rounded-lg border border-dashed border-line px-3 py-4 text-center text-[13px] text-quiet">
        {emptyWords[lane.lane]}
      </p>
    );
  }
  return (
    <>
      <ul className="flex flex-col gap-2.5">
        {lane.items.map((order) => (
          <li key={order.id}>
            <WorkOrderCard
              order={order}
              hasStage={
                lane.lane === 'needs_you' || order.status === 'completed' || order.status === 'cancelled'
              }
            />
          </li>
        ))}
      </ul>
      <MoreOf lane={lane} shown={lane.items.length} change={change} />
    </>
  );
}

function MoreOf({ lane, shown, change }: { lane: ShownLane; shown: number; change: Change }) {
  if (lane.total !== null && lane.total <= shown) return null;
  const rest = lane.total === null ? 'more' : `${(lane.total - shown).toLocaleString('en')} more`;
  return (
    <Button size="small" look="quiet" className="self-start" onClick={() => change(tableOf(lane.lane))}>
      View {rest} in the table
    </Button>
  );
}
