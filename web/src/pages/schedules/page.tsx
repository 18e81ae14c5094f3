// Schedules: work orders by the clock.

import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schedule } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { Page } from '../../parts/page.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { useMe } from '../../shell/me.ts';
import { AddSchedule } from './add-schedule.tsx';
import { Outcome } from './outcome.tsx';
import { useSchedules } from './use-schedules.ts';

export function SchedulesPage() {
  const [isAdding, setAdding] = useState(false);
  const navigate = useNavigate();
  const mayAct = useMe().me.role !== 'viewer';
  return (
    <Page
      title="Schedules"
      lead="Work orders that Moose submits at set times. Each scheduled time creates at most one, even if Moose is killed."
      actions={
        mayAct ? (
          <Button look="primary" onClick={() => setAdding(true)}>
            Add schedule
          </Button>
        ) : null
      }
    >
      <ScheduleList />
      {isAdding ? (
        <AddSchedule
          onClose={() => setAdding(false)}
          onAdded={(name) => void navigate({ to: '/schedules/$name', params: { name } })}
        />
      ) : null}
    </Page>
  );
}

function ScheduleList() {
  const schedules = useSchedules();
  if (schedules.isPending) return <Loading what="the schedules" />;
  if (schedules.isError && !schedules.data)
    return <Failed error={schedules.error} onRetry={() => void schedules.refetch()} />;
  const { items } = schedules.data;
  return (
    <Card title="All schedules" isFlush>
      {items.length === 0 ? (
        <Empty title="No schedules yet">
          A schedule submits the same work order repeatedly, e.g. every night, each with its own cost limit.
        </Empty>
      ) : (
        <PlainTable caption="Schedules" items={items} keyOf={({ id }) => id} columns={columns} />
      )}
    </Card>
  );
}

const columns: ReadonlyArray<Column<Schedule>> = [
  {
    head: 'Name',
    cell: ({ name }) => (
      <Link
        to="/schedules/$name"
        params={{ name }}
        className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
      >
        <Words text={name} />
      </Link>
    ),
  },
  {
    head: 'Next',
    cell: ({ next_at: [next], paused_at }) =>
      paused_at !== null || next === undefined ? <Badge tone="warn">paused</Badge> : <Ago at={next} />,
  },
  {
    head: 'Last',
    cell: ({ last_run }) =>
      last_run === null ? <span className="text-quiet">never</span> : <Outcome run={last_run} />,
  },
  {
    head: 'Work order',
    cell: ({ title }) => <Words className="block min-w-40 [overflow-wrap:anywhere]" text={title} />,
  },
  { head: 'Project', cell: ({ project }) => <Words className="[overflow-wrap:anywhere]" text={project} /> },
  {
    head: 'When',
    cell: ({ cron, time_zone }) => (
      <>
        <code>{cron}</code> <span className="text-quiet">{time_zone}</span>
      </>
    ),
  },
  { head: 'Limit', cell: ({ limit_usd }) => <span className="tabular-nums">{usd(limit_usd)}</span> },
];
