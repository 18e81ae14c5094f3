import { Link } from '@tanstack/react-router';
import type { Stuck } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { LinkedText } from '../work-order/linked-text.tsx';
import { Answered } from './answered.tsx';
import { useStuck } from './queries.ts';
import { hoursWords } from './words.ts';

export function StuckCard() {
  const stuck = useStuck();
  return (
    <Card title="Stuck work" isFlush>
      <Answered query={stuck} what="the stuck work orders">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No stuck work">
              Work orders that make no progress for hours appear here, with the reason and how to unblock
              them.
            </Empty>
          ) : (
            <ul className="max-h-[34rem] divide-y divide-line overflow-y-auto">
              {items.map((item) => (
                <StuckLine key={item.id} item={item} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}

function StuckLine({ item }: { item: Stuck['items'][number] }) {
  return (
    <li className="flex flex-col gap-1 px-4 py-3 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Link
          to="/work-orders/$id"
          params={{ id: item.id }}
          data-row
          className="rounded-sm font-medium hover:underline"
        >
          <Words text={item.title} />
        </Link>
        <StatusBadge status={item.status} />
        {item.is_stuck ? <Badge tone="bad">stuck</Badge> : <Badge>waiting for an outage to end</Badge>}
        <span className="text-[13px] text-quiet">for {hoursWords(item.stuck_hours)}</span>
      </p>
      <p>
        <Words text={item.why} />
      </p>
      <p>
        <span className="text-quiet">To unblock it: </span>
        <LinkedText text={item.unblock} id={item.id} />
      </p>
      {item.last_progress_at ? (
        <p className="text-[13px] text-quiet">
          Last progress <Ago at={item.last_progress_at} />
          {item.last_progress ? (
            <>
              : <Words text={item.last_progress} />
            </>
          ) : null}
        </p>
      ) : null}
    </li>
  );
}
