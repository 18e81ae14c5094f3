import { Link } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import type { WorkOrder } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { usd } from '../../parts/money.ts';
import { legible } from '../../parts/plain-text.ts';
import { StageBadge } from '../../parts/status-badge.tsx';
import { StepProgress } from '../../parts/step-progress.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { rememberRecent } from '../../shell/recent.ts';
import { withLabels } from '../work-order/command-labels.ts';

/** `hasStage`: shows the stage, for lanes that mix several. */
export function WorkOrderCard({ order, hasStage = false }: { order: WorkOrder; hasStage?: boolean }) {
  return (
    <article
      data-work-order={order.id}
      className="relative flex min-w-0 flex-col gap-1.5 rounded-lg border border-line bg-surface p-3 hover:border-quiet has-[a[data-row]:focus-visible]:outline-2 has-[a[data-row]:focus-visible]:outline-accent"
    >
      <h3 className="line-clamp-2 break-words font-medium leading-snug">
        <TitleLink order={order} className="outline-none after:absolute after:inset-0 after:rounded-lg" />
      </h3>
      <p className="truncate text-[13px] text-quiet">
        <Words text={order.project} />
      </p>
      <Marks order={order} hasStage={hasStage} />
      <StepProgress order={order} />
      <p
        className="line-clamp-3 break-words text-[13px] text-quiet"
        title={legible(withLabels(order.explain))}
      >
        <Words text={withLabels(order.explain)} />
      </p>
      <footer className="mt-auto flex items-center justify-between gap-2 text-[13px] text-quiet tabular-nums">
        <span title="Cost so far">{usd(order.cost_usd)}</span>
        <Ago at={order.updated_at} />
      </footer>
      <QuestionLink order={order} />
    </article>
  );
}

export function TitleLink({ order, className }: { order: WorkOrder; className?: string }) {
  return (
    <Link
      to="/work-orders/$id"
      params={{ id: order.id }}
      data-row
      onClick={() => rememberRecent(order)}
      className={className}
    >
      <Words text={order.title} />
    </Link>
  );
}

export function Marks({ order, hasStage }: { order: WorkOrder; hasStage: boolean }) {
  const { candidate, failure_class, held_by, is_scripted, joint, verification } = order;
  const unverified = verification?.is_verified === false ? verification.because : null;
  const hasGroup = candidate !== null || joint !== null;
  if (!hasStage && !hasGroup && !failure_class && !held_by && !is_scripted && !unverified) return null;
  return (
    <p className="flex flex-wrap gap-1">
      {hasStage ? <StageBadge {...order} /> : null}
      {candidate ? (
        <Badge title="One of several work orders for the same work; only one is kept">
          candidate {candidate.number} of {candidate.of}
          {candidate.is_kept === true ? ', kept' : ''}
        </Badge>
      ) : null}
      {joint ? (
        <Badge title="One change over several repositories">
          change {joint.number} of {joint.of}
        </Badge>
      ) : null}
      {failure_class ? <Badge tone="bad">{failure_class.replaceAll('_', ' ')}</Badge> : null}
      {held_by ? (
        <Badge tone="warn" title={`Paused by ${held_by}`}>
          paused
        </Badge>
      ) : null}
      {unverified ? (
        <Badge tone="warn" title={unverified}>
          not verified
        </Badge>
      ) : null}
      {is_scripted ? (
        <Badge title="Made by the scripted demo model, not by a real one">scripted</Badge>
      ) : null}
    </p>
  );
}

/** Links to where the person can act. */
export function QuestionLink({ order }: { order: WorkOrder }) {
  if (!order.needs_you) return null;
  const look =
    'relative z-10 mt-0.5 inline-flex min-h-8 items-center justify-between gap-1 rounded-md bg-warn-soft px-2.5 text-[13px] font-medium text-warn hover:underline';
  return order.escalation_id ? (
    <Link to="/escalations" search={{ id: order.escalation_id }} className={look}>
      Answer question <ArrowRight aria-hidden size={14} />
    </Link>
  ) : (
    <Link to="/work-orders/$id" params={{ id: order.id }} className={look}>
      {order.stage === 'ready_to_merge' ? 'Review and merge' : 'View what is needed'}{' '}
      <ArrowRight aria-hidden size={14} />
    </Link>
  );
}
