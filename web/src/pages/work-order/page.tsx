import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
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
import { workOrderRoute } from '../../router.tsx';
import { DecisionCard } from '../escalations/decision-card.tsx';
import { useCardKeys } from '../escalations/use-card-keys.ts';
import { useQuestion } from '../escalations/use-questions.ts';
import { ActivityTab } from './activity.tsx';
import { ActsBar } from './acts-bar.tsx';
import { Candidates } from './candidates.tsx';
import { CostTab } from './cost.tsx';
import { DebugTab } from './debug.tsx';
import { JointChange } from './joint-change.tsx';
import { ReviewTab } from './review.tsx';
import { AskedForBy, Subtasks } from './subtasks.tsx';
import { firstTab, type Tab, tabs } from './tabs.ts';
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
      {detail.spec ? (
        <Link
          to="/specs/$id"
          params={{ id: detail.spec.id }}
          className="inline-flex min-h-6 items-center text-[13px] text-accent underline underline-offset-2"
        >
          {detail.spec.key} of its spec
        </Link>
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

function OrderTabs({ detail }: { detail: WorkOrderDetail }) {
  const { tab, part, session } = workOrderRoute.useSearch();
  const navigate = useNavigate();
  // It stays while the work goes on under the eyes of a person.
  const [first] = useState(() => firstTab(detail));
  const contents: Readonly<Record<Tab, ReactNode>> = {
    review: <ReviewTab detail={detail} />,
    activity: <ActivityTab detail={detail} session={session} />,
    cost: <CostTab detail={detail} />,
    debug: <DebugTab detail={detail} part={part} />,
  };
  return (
    <Tabs
      label="About this work order"
      value={tab ?? (session === undefined ? first : 'activity')}
      onChange={(name) =>
        void navigate({
          to: '/work-orders/$id',
          params: { id: detail.id },
          search: { tab: name },
          replace: true,
          resetScroll: false,
        })
      }
      tabs={tabs.map((name) => ({
        name,
        title: <span className="inline-flex min-h-8 items-center">{titles[name]}</span>,
        content: contents[name],
      }))}
    />
  );
}

const titles: Readonly<Record<Tab, string>> = {
  review: 'Review',
  activity: 'Activity',
  cost: 'Cost',
  debug: 'Debug',
};
