import { Link } from '@tanstack/react-router';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Answered } from './answered.tsx';
import { type Sessions, useRunningSessions } from './queries.ts';
import { count } from './words.ts';

export function SessionsCard() {
  const sessions = useRunningSessions();
  const shown = sessions.data?.items.length;
  const counted =
    shown === undefined ? '' : `${count(shown)}${sessions.data?.next_cursor ? ' and more' : ''}`;
  return (
    <Card title="Running now" aside={<span className="text-[13px] text-quiet">{counted}</span>} isFlush>
      <Answered query={sessions} what="the running sessions">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No running sessions">Running agents and checks appear here with live output.</Empty>
          ) : (
            <ul className="max-h-96 divide-y divide-line overflow-y-auto">
              {items.map((session) => (
                <SessionLine key={session.id} session={session} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}

function SessionLine({ session }: { session: Sessions['items'][number] }) {
  const { id, work_order_id, title, purpose, name, host, started_at, created_at } = session;
  return (
    <li className="px-4 py-2 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Link
          to="/work-orders/$id"
          params={{ id: work_order_id }}
          search={{ tab: 'activity', session: id }}
          data-row
          className="rounded-sm font-medium hover:underline"
        >
          <Words text={title} />
        </Link>
        <Badge tone={purpose === 'agent' ? 'info' : 'neutral'}>{purpose}</Badge>
      </p>
      <p className="text-[13px] text-quiet">
        <code>{legible(name)}</code>, run {session.run}
        {session.cycle > 0 ? `, cycle ${session.cycle}` : ''}, on <Words text={host} />, started{' '}
        <Ago at={started_at ?? created_at} />
      </p>
    </li>
  );
}
