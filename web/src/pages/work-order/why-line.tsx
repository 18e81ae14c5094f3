import { Activity, CircleAlert, CircleCheck, CircleHelp, Hourglass, Pause } from 'lucide-react';
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { LinkedText } from './linked-text.tsx';

/** What the work order is doing, or why it does not move. */
export function WhyLine({ detail }: { detail: WorkOrderDetail }) {
  const { Icon, tone } = lookOf(detail);
  return (
    <p
      className={`flex items-start gap-2.5 rounded-lg px-4 py-3 text-[15px] [overflow-wrap:anywhere] ${tone}`}
    >
      <Icon aria-hidden size={18} className="mt-0.5 shrink-0" />
      <span className="min-w-0">
        <LinkedText text={detail.explain} id={detail.id} isAtHome />
      </span>
    </p>
  );
}

function lookOf({ stage, status, verification, held_by: heldBy }: WorkOrderDetail) {
  if (stage === 'needs_you') return { Icon: CircleHelp, tone: 'bg-warn-soft text-warn' };
  if (heldBy) return { Icon: Pause, tone: 'bg-raised border border-line' };
  if (status === 'completed' && verification?.is_verified === false)
    return { Icon: CircleAlert, tone: 'bg-warn-soft text-warn' };
  if (status === 'completed') return { Icon: CircleCheck, tone: 'bg-good-soft text-good' };
  if (status === 'failed') return { Icon: CircleAlert, tone: 'bg-bad-soft text-bad' };
  if (status === 'in_progress') return { Icon: Activity, tone: 'bg-info-soft text-info' };
  return { Icon: Hourglass, tone: 'bg-raised border border-line' };
}
