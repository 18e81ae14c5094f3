// One schedule: what it submits, when, and what became of its instants.
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type {
  ChangedSchedule,
  RecordedScheduleChange,
  ScheduleDetail,
  ScheduleRun,
} from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { usd } from '../../parts/money.ts';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Page } from '../../parts/page.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { useMe } from '../../shell/me.ts';
import { AskedOf } from '../work-order/asked-of.tsx';
import { newKey } from '../work-orders/new-key.ts';
import { ChangeSchedule } from './change-schedule.tsx';
import { ChangedFields } from './changed-fields.tsx';
import { Outcome } from './outcome.tsx';
import { useRemoveSchedule, useSchedule, useScheduleAct } from './use-schedules.ts';

const route = getRouteApi('/schedules/$name');

export function SchedulePage() {
  const { name } = route.useParams();
  const [told, setTold] = useState<ChangedSchedule | null>(null);
  const navigate = useNavigate();
  const schedule = useSchedule(name);
  if (schedule.isPending) return <Loading what="the schedule" />;
  if (schedule.isError && !schedule.data)
    return <Failed error={schedule.error} onRetry={() => void schedule.refetch()} />;
  // The notice about a paused schedule ends when it is resumed.
  const isOver = told?.schedule.paused_at !== schedule.data.paused_at;
  const onChanged = async (changed: ChangedSchedule) => {
    const { schedule: now } = changed;
    setTold(changed);
    if (now.name !== name)
      await navigate({ to: '/schedules/$name', params: { name: now.name }, replace: true });
  };
  return (
    <Shown schedule={schedule.data} notes={isOver ? [] : (told?.warnings ?? [])} onChanged={onChanged} />
  );
}

interface ShownProps {
  schedule: ScheduleDetail;
  notes: readonly string[];
  onChanged(changed: ChangedSchedule): Promise<void>;
}

function Shown({ schedule, notes, onChanged }: ShownProps) {
  const mayAct = useMe().me.role !== 'viewer';
  const { name, title, paused_at, paused_because, paused_by } = schedule;
  const rows = rowsOf(schedule);
  return (
    <Page
      title={name}
      lead={<Words className="[overflow-wrap:anywhere]" text={title} />}
      actions={mayAct ? <Acts schedule={schedule} onChanged={onChanged} /> : null}
    >
      <div role="status" className="empty:hidden">
        {notes.map((note) => (
          <p key={note} className="[overflow-wrap:anywhere]">
            {note}
          </p>
        ))}
      </div>
      {paused_at === null ? null : (
        <p className="rounded-md bg-warn-soft p-3 text-warn [overflow-wrap:anywhere]">
          Paused <Ago at={paused_at} /> by <Words text={nameOfActor(paused_by ?? '')} />.{' '}
          {legible(paused_because ?? '')}
        </p>
      )}
      <When schedule={schedule} />
      <Card title="History" isFlush>
        {rows.length === 0 ? (
          <Empty title="No runs yet">Every scheduled time is listed here, including skipped ones.</Empty>
        ) : (
          <PlainTable
            caption="History"
            items={rows}
            keyOf={({ at, run }) => `${at} ${run === null}`}
            columns={columnsIn(schedule.time_zone)}
          />
        )}
      </Card>
    </Page>
  );
}

function Acts({ schedule, onChanged }: Omit<ShownProps, 'notes'>) {
  const { name, paused_at } = schedule;
  const [isChanging, setChanging] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  // Another key for each run, so that a click counts once even if its answer was lost.
  const [key, setKey] = useState(newKey);
  const act = useScheduleAct(name, () => setKey(newKey()));
  const pausing = paused_at === null ? 'pause' : 'resume';
  return (
    <>
      {act.error ? <Failed error={act.error} /> : null}
      <Button isBusy={act.isPending} onClick={() => act.mutate({ act: 'run', key })}>
        Run now
      </Button>
      <Button isBusy={act.isPending} onClick={() => act.mutate({ act: pausing, key: newKey() })}>
        {pausing === 'pause' ? 'Pause' : 'Resume'}
      </Button>
      <Button onClick={() => setChanging(true)}>Change</Button>
      <Button look="danger" onClick={() => setRemoving(true)}>
        Remove
      </Button>
      {isChanging ? (
        <ChangeSchedule
          schedule={schedule}
          onClose={() => setChanging(false)}
          onChanged={(changed) => {
            setChanging(false);
            return onChanged(changed);
          }}
        />
      ) : null}
      {isRemoving ? <Removing name={name} onClose={() => setRemoving(false)} /> : null}
    </>
  );
}

function Removing({ name, onClose }: { name: string; onClose(): void }) {
  const navigate = useNavigate();
  const remove = useRemoveSchedule(name, () => void navigate({ to: '/schedules' }));
  return (
    <ConfirmDialog
      title={`Remove the schedule ${name}?`}
      verb="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      <p>It submits no more work orders. Its existing work orders stay.</p>
    </ConfirmDialog>
  );
}

/** As a clock in the zone of the schedule shows it. */
function momentIn(timeZone: string, at: string): string {
  return new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'full', timeStyle: 'short' }).format(
    new Date(at),
  );
}

function When({ schedule }: { schedule: ScheduleDetail }) {
  const { cron, time_zone, next_at, limit_usd, when_open, requested_by, project, description } = schedule;
  const { command } = schedule;
  const facts = [
    ['When', <code key="cron">{`${cron} in ${time_zone}`}</code>],
    ['Project', <Words key="project" text={project} />],
    ...(command === null
      ? []
      : [['Command', <Words key="command" className="font-mono" text={command} />] as const]),
    ['Limit', `${usd(limit_usd)} for each work order`],
    ['If the previous one is open', when_open === 'skip' ? 'skip this time' : 'wait until it ends'],
    ['For', <Words key="for" text={nameOfActor(requested_by)} />],
  ] as const;
  return (
    <Card title="Next">
      {next_at.length === 0 ? null : (
        <ol className="flex flex-col gap-1 pb-3">
          {next_at.map((at) => (
            <li key={at}>
              {momentIn(time_zone, at)}{' '}
              <span className="text-quiet">
                (<Ago at={at} />)
              </span>
            </li>
          ))}
        </ol>
      )}
      <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[max-content_1fr]">
        {facts.map(([term, fact]) => (
          <div key={term} className="contents">
            <dt className="text-quiet">{term}</dt>
            <dd className="[overflow-wrap:anywhere]">{fact}</dd>
          </div>
        ))}
      </dl>
      {schedule.asked === null ? null : (
        <div className="pt-3">
          <AskedOf asked={schedule.asked} />
        </div>
      )}
      {description === '' ? null : (
        <p className="whitespace-pre-wrap pt-3 [overflow-wrap:anywhere]">{legible(description)}</p>
      )}
    </Card>
  );
}

/** A line of the history: what became of an instant, or what somebody changed. */
type Row = { at: string } & (
  | { run: ScheduleRun; change: null }
  | { run: null; change: RecordedScheduleChange }
);

/** Newest first. */
function rowsOf({ history, changes }: ScheduleDetail): Row[] {
  const rows: Row[] = [
    ...history.map((run) => ({ at: run.due_at, run, change: null })),
    ...changes.map((change) => ({ at: change.changed_at, run: null, change })),
  ];
  return rows.sort((one, other) => other.at.localeCompare(one.at));
}

const columnsIn = (timeZone: string): ReadonlyArray<Column<Row>> => [
  { head: 'At', cell: ({ at }) => momentIn(timeZone, at) },
  {
    head: 'Outcome',
    cell: ({ run }) => (run === null ? <Badge tone="neutral">changed</Badge> : <Outcome run={run} />),
  },
  {
    head: 'Cost',
    cell: ({ run }) =>
      run?.work_order ? <span className="tabular-nums">{usd(run.work_order.cost_usd)}</span> : '–',
  },
  {
    head: 'Why',
    cell: ({ run, change }) =>
      run === null ? (
        <ChangedFields change={change} />
      ) : (
        <Words
          className="block min-w-40 [overflow-wrap:anywhere]"
          text={run.because ?? (run.asked_by === null ? '' : `run now by ${nameOfActor(run.asked_by)}`)}
        />
      ),
  },
];
