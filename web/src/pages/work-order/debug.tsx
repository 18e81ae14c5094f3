// Everything that is recorded about a work order, for whoever wants to know why Moose did what it did.
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import type { Session, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { ChecksTab } from './checks.tsx';
import { DecisionsTab } from './decisions.tsx';
import { EffectsTab } from './effects.tsx';
import { ErrorsTab } from './errors.tsx';
import { EventsTab } from './events.tsx';
import { PostmortemTab } from './postmortem.tsx';
import { type DebugPart, debugParts } from './tabs.ts';

const titles: Readonly<Record<DebugPart, string>> = {
  checks: 'Checks',
  errors: 'Errors',
  decisions: 'Decisions',
  processes: 'Processes',
  effects: 'Effects',
  events: 'Events',
  postmortem: 'Post-mortem',
};

const withPostmortem: ReadonlySet<string> = new Set(['failed', 'needs_review', 'cancelled']);

export function DebugTab({ detail, part }: { detail: WorkOrderDetail; part: DebugPart | undefined }) {
  const shown = debugParts.filter((each) => each !== 'postmortem' || withPostmortem.has(detail.status));
  return (
    <div className="flex flex-col gap-2">
      {shown.map((each) => (
        <Part key={each} part={each} count={countOf(each, detail)} isChosen={each === part} id={detail.id}>
          {() => contentOf(each, detail)}
        </Part>
      ))}
    </div>
  );
}

interface PartProps {
  part: DebugPart;
  count: number;
  /** The address names it. */
  isChosen: boolean;
  id: string;
  /** Made only while it is open: some parts ask the server. */
  children(): ReactNode;
}

function Part({ part, count, isChosen, id, children }: PartProps) {
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(isChosen);
  useEffect(() => {
    if (isChosen) setOpen(true);
  }, [isChosen]);
  const toggle = (open: boolean) => {
    setOpen(open);
    if (open && !isChosen)
      void navigate({
        to: '/work-orders/$id',
        params: { id },
        search: { tab: 'debug', part },
        replace: true,
        resetScroll: false,
      });
  };
  return (
    <details
      open={isOpen}
      onToggle={({ currentTarget }) => toggle(currentTarget.open)}
      className="rounded-lg border border-line bg-surface"
    >
      <summary className="flex min-h-11 cursor-pointer items-center gap-2 px-4 py-2 font-semibold">
        {titles[part]}
        {count > 0 ? (
          <span className="rounded-full bg-raised px-1.5 text-xs font-normal text-quiet tabular-nums">
            {count}
          </span>
        ) : null}
      </summary>
      <section aria-label={titles[part]} className="border-t border-line p-4">
        {isOpen ? children() : null}
      </section>
    </details>
  );
}

function countOf(part: DebugPart, detail: WorkOrderDetail): number {
  if (part === 'events') return detail.events;
  if (part === 'processes') return detail.totals.sessions;
  return part === 'postmortem' ? 0 : detail[part].length;
}

function contentOf(part: DebugPart, detail: WorkOrderDetail): ReactNode {
  switch (part) {
    case 'checks':
      return <ChecksTab {...detail} />;
    case 'errors':
      return <ErrorsTab errors={detail.errors} />;
    case 'decisions':
      return <DecisionsTab decisions={detail.decisions} />;
    case 'processes':
      return <Processes sessions={detail.sessions} />;
    case 'effects':
      return <EffectsTab effects={detail.effects} />;
    case 'events':
      return <EventsTab id={detail.id} />;
    case 'postmortem':
      return <PostmortemTab id={detail.id} />;
  }
}

const columns: ReadonlyArray<Column<Session>> = [
  {
    head: 'Process',
    cell: ({ id, work_order_id: order, name }) => (
      <Link
        to="/work-orders/$id"
        params={{ id: order }}
        search={{ tab: 'activity', session: id }}
        className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
      >
        <Words text={name} />
      </Link>
    ),
  },
  { head: 'Purpose', cell: ({ purpose }) => purpose },
  {
    head: 'Run',
    cell: ({ run, cycle }) => (cycle > 0 ? `${run}, cycle ${cycle}` : String(run)),
  },
  {
    head: 'State',
    cell: ({ state, exit_code: code }) => (
      <>
        <StatusBadge status={state} /> {code === null ? null : `exit code ${code}`}
      </>
    ),
  },
  { head: 'Started', cell: ({ started_at: at, created_at: made }) => <Ago at={at ?? made} /> },
];

function Processes({ sessions }: { sessions: readonly Session[] }) {
  if (sessions.length === 0)
    return <Empty title="No processes yet">Agents, checks and services appear here.</Empty>;
  return (
    <PlainTable
      caption="Processes of this work order"
      items={sessions}
      keyOf={({ id }) => id}
      columns={columns}
    />
  );
}
