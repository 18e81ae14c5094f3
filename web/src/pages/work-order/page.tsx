import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { ProblemError } from '../../api/call.ts';
import { Badge } from '../../parts/badge.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Page } from '../../parts/page.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { StageBadge } from '../../parts/status-badge.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Words } from '../../parts/words.tsx';
import { type Tab, tabs, workOrderRoute } from '../../router.tsx';
import { DecisionCard } from '../escalations/decision-card.tsx';
import { useCardKeys } from '../escalations/use-card-keys.ts';
import { useQuestion } from '../escalations/use-questions.ts';
import { ActsBar } from './acts-bar.tsx';
import { AskedFor } from './asked-for.tsx';
import { Candidates } from './candidates.tsx';
import { ChecksTab } from './checks.tsx';
import { DecisionsTab } from './decisions.tsx';
import { DiffTab } from './diff.tsx';
import { EffectsTab } from './effects.tsx';
import { ErrorsTab } from './errors.tsx';
import { EventsTab } from './events.tsx';
import { Facts } from './facts.tsx';
import { JointChange } from './joint-change.tsx';
import { OutputTab } from './output.tsx';
import { PostmortemTab } from './postmortem.tsx';
import { PullRequestsTab } from './pull-requests.tsx';
import { AskedForBy, Subtasks } from './subtasks.tsx';
import { Timeline } from './timeline.tsx';
import { useWorkOrder } from './use-work-order.ts';
import { WhyLine } from './why-line.tsx';

export function WorkOrderPage() {
  const { id } = workOrderRoute.useParams();
  useCardKeys();
  const { data, error, isPending, refetch } = useWorkOrder(id);
  if (data) return <Order detail={data} error={error} onRetry={() => void refetch()} />;
  if (isPending)
    return (
      <Page title="Work order">
        <Loading what="the work order" lines={8} />
      </Page>
    );
  if (error instanceof ProblemError && error.problem.status === 404) return <NoSuchOrder id={id} />;
  return (
    <Page title="Work order">
      <Failed error={error} onRetry={() => void refetch()} />
    </Page>
  );
}

function NoSuchOrder({ id }: { id: string }) {
  return (
    <Page title="Work order" tabTitle="Not found">
      <Empty
        title="Work order not found"
        action={
          <Link to="/work-orders" className="inline-flex min-h-11 items-center text-accent underline">
            View all work orders
          </Link>
        }
      >
        No work order has the ID <Words className="font-mono [overflow-wrap:anywhere]" text={id} />. The ID
        may be incomplete, or belong to another database.
      </Empty>
    </Page>
  );
}

interface OrderProps {
  detail: WorkOrderDetail;
  /** Error of the latest reload; the page then shows older data. */
  error: unknown;
  onRetry(): void;
}

function Order({ detail, error, onRetry }: OrderProps) {
  return (
    <div className="[overflow-wrap:anywhere]">
      <Page title={legible(detail.title)} lead={<Marks detail={detail} />}>
        {error ? <Failed error={error} onRetry={onRetry} /> : null}
        {detail.parent ? <AskedForBy parent={detail.parent} /> : null}
        <WhyLine detail={detail} />
        {detail.escalation_id ? <OpenQuestion id={detail.escalation_id} /> : null}
        <ActsBar detail={detail} />
        <Facts detail={detail} />
        {detail.joint_change ? <JointChange joint={detail.joint_change} shown={detail.id} /> : null}
        {detail.candidates ? <Candidates candidates={detail.candidates} shown={detail.id} /> : null}
        {detail.subtasks.length > 0 ? <Subtasks subtasks={detail.subtasks} /> : null}
        <OrderTabs detail={detail} />
      </Page>
    </div>
  );
}

function Marks({ detail }: { detail: WorkOrderDetail }) {
  return (
    <span className="mt-1 flex flex-wrap items-center gap-2">
      <StageBadge {...detail} />
      {detail.held_by ? (
        <Badge tone="warn">
          paused by <Words text={nameOfActor(detail.held_by)} />
        </Badge>
      ) : null}
      {detail.failure_class ? <Badge tone="bad">{detail.failure_class.replaceAll('_', ' ')}</Badge> : null}
      {detail.verification?.is_verified === false ? (
        <Badge tone="warn" title={detail.verification.because ?? ''}>
          not verified
        </Badge>
      ) : null}
      {detail.is_scripted ? (
        <Badge title="Made by the scripted demo model, not by a real one">scripted</Badge>
      ) : null}
      {detail.run > 1 ? <span className="text-[13px]">run {detail.run}</span> : null}
    </span>
  );
}

function OpenQuestion({ id }: { id: string }) {
  const { data, error, refetch } = useQuestion(id);
  if (data) return <DecisionCard card={data} isAtHome />;
  return error ? (
    <Failed error={error} onRetry={() => void refetch()} />
  ) : (
    <Loading what="the question" lines={4} />
  );
}

const withPostmortem: ReadonlySet<string> = new Set(['failed', 'needs_review', 'cancelled']);

function OrderTabs({ detail }: { detail: WorkOrderDetail }) {
  const { tab = 'timeline', session } = workOrderRoute.useSearch();
  const navigate = useNavigate();
  const contents: Readonly<Record<Tab, ReactNode>> = {
    timeline: (
      <div className="flex flex-col gap-4">
        <Timeline detail={detail} />
        <AskedFor detail={detail} />
      </div>
    ),
    output: <OutputTab detail={detail} chosen={session} />,
    diff: <DiffTab {...detail} />,
    checks: <ChecksTab {...detail} />,
    'pull-request': <PullRequestsTab pullRequests={detail.pull_requests} />,
    decisions: <DecisionsTab decisions={detail.decisions} />,
    errors: <ErrorsTab errors={detail.errors} />,
    effects: <EffectsTab effects={detail.effects} />,
    events: <EventsTab id={detail.id} />,
    postmortem: <PostmortemTab id={detail.id} />,
  };
  const shown = tabs.filter((name) => name !== 'postmortem' || withPostmortem.has(detail.status));
  return (
    <Tabs
      label="About this work order"
      value={shown.includes(tab) ? tab : 'timeline'}
      onChange={(name) =>
        void navigate({
          to: '/work-orders/$id',
          params: { id: detail.id },
          search: name === 'timeline' ? {} : { tab: name },
          replace: true,
          resetScroll: false,
        })
      }
      tabs={shown.map((name) => ({
        name,
        title: <TabTitle name={name} count={countOf(name, detail)} />,
        content: contents[name],
      }))}
    />
  );
}

function TabTitle({ name, count }: { name: Tab; count: number }) {
  return (
    <span className="inline-flex min-h-8 items-center gap-1.5">
      {titleOf(name)}
      {count > 0 ? (
        <span className="rounded-full bg-raised px-1.5 text-xs font-normal text-quiet tabular-nums">
          {count}
        </span>
      ) : null}
    </span>
  );
}

function titleOf(name: Tab): string {
  if (name === 'postmortem') return 'Post-mortem';
  return name.replace('-', ' ').replace(/^./, (first) => first.toUpperCase());
}

function countOf(name: Tab, detail: WorkOrderDetail): number {
  if (name === 'output') return detail.sessions.length;
  if (name === 'events') return detail.events;
  if (name === 'pull-request') return detail.pull_requests.length > 1 ? detail.pull_requests.length : 0;
  if (name === 'timeline' || name === 'diff' || name === 'postmortem') return 0;
  return detail[name].length;
}
