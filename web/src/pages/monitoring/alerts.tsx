import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Alert } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Empty, Failed } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Answered } from './answered.tsx';
import { useWhyNot } from './may-act.ts';
import { useAlerts } from './queries.ts';
import { spaced } from './words.ts';

export function AlertsCard() {
  const [isAll, setAll] = useState(false);
  const alerts = useAlerts(isAll);
  return (
    <Card
      title="Alerts"
      aside={
        <Button size="small" look="quiet" aria-pressed={isAll} onClick={() => setAll(!isAll)}>
          Show resolved
        </Button>
      }
      isFlush
    >
      <Answered query={alerts} what="the alerts">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No open alerts">
              Problems with Moose itself, its database or its machines appear here.
            </Empty>
          ) : (
            <ul className="max-h-[34rem] divide-y divide-line overflow-y-auto">
              {items.map((alert) => (
                <AlertLine key={alert.id} alert={alert} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}

function AlertLine({ alert }: { alert: Alert }) {
  const client = useQueryClient();
  const whyNot = useWhyNot();
  const resolve = useMutation({
    mutationFn: () => ask('post /api/alerts/{id}/resolve', { params: { id: alert.id } }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['alerts'] }),
        client.invalidateQueries({ queryKey: ['health'] }),
      ]),
  });
  return (
    <li className="flex flex-col gap-2 px-4 py-2.5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 basis-64 grow [overflow-wrap:anywhere]">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <StatusBadge status={alert.severity} />
            <span className="text-[13px] text-quiet">
              {spaced(alert.component)}, {spaced(alert.operation)}
            </span>
          </p>
          <p>
            <Words text={alert.message} />
          </p>
          <p className="text-[13px] text-quiet">
            {alert.times > 1 ? `${alert.times} times, ` : ''}last seen <Ago at={alert.last_seen_at} />, first
            seen <Ago at={alert.created_at} />
          </p>
        </div>
        {alert.resolved_at ? (
          <p className="text-[13px] text-good">
            resolved by <Words text={nameOfActor(alert.resolved_by ?? 'moose')} />{' '}
            <Ago at={alert.resolved_at} />
          </p>
        ) : whyNot === null ? (
          <Button
            size="small"
            isBusy={resolve.isPending}
            onClick={() => resolve.mutate()}
            aria-label={`Resolve: ${alert.message}`}
          >
            Resolve
          </Button>
        ) : null}
      </div>
      {resolve.isError ? <Failed error={resolve.error} /> : null}
    </li>
  );
}
