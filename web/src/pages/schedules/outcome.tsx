import { Link } from '@tanstack/react-router';
import type { ScheduleRun } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { legible } from '../../parts/plain-text.ts';
import { StatusBadge } from '../../parts/status-badge.tsx';

/** `missedMax` and more share a number. */
const missedMax = 100;

/** What became of a due instant. */
export function Outcome({ run: { outcome, work_order: order, instants } }: { run: ScheduleRun }) {
  if (order === null) {
    const count = instants > 1 ? ` (${instants}${instants >= missedMax ? ' or more' : ''})` : '';
    return (
      <Badge tone={outcome === 'refused' ? 'bad' : 'neutral'}>
        {outcome}
        {count}
      </Badge>
    );
  }
  return (
    <Link
      to="/work-orders/$id"
      params={{ id: order.id }}
      aria-label={`${legible(order.title)}: ${order.status}`}
    >
      <StatusBadge status={order.status} />
    </Link>
  );
}
