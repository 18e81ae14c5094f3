import type { WorkOrder } from '../../../src/contract/contract.ts';
import { Badge, type Tone } from './badge.tsx';

/** Shows the status with spaces instead of underscores. */
const toneOf: Readonly<Record<string, Tone>> = {
  pending: 'neutral',
  in_progress: 'info',
  needs_review: 'warn',
  completed: 'good',
  failed: 'bad',
  cancelled: 'neutral',
  running: 'info',
  working: 'good',
  draining: 'warn',
  silent: 'bad',
  retrying: 'warn',
  open: 'warn',
  half_open: 'warn',
  closed: 'good',
  healthy: 'good',
  degraded: 'warn',
  down: 'bad',
  normal: 'good',
  warning: 'warn',
  critical: 'bad',
  done: 'good',
  sent_back: 'warn',
  waiting: 'neutral',
  high: 'bad',
  medium: 'warn',
  low: 'neutral',
};

export function StatusBadge({ status }: { status: string }) {
  return <Badge tone={toneOf[status] ?? 'neutral'}>{status.replaceAll('_', ' ')}</Badge>;
}

/** What is not verified is never shown in green (R-GREEN-1). */
export function WorkOrderBadge({ status, verification }: Pick<WorkOrder, 'status' | 'verification'>) {
  return status === 'completed' && verification?.is_verified === false ? (
    <Badge tone="warn">completed</Badge>
  ) : (
    <StatusBadge status={status} />
  );
}
