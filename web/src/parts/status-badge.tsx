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

const toneOfStage: Readonly<Record<WorkOrder['stage'], Tone>> = {
  needs_you: 'warn',
  ready_to_merge: 'good',
  working: 'info',
  waiting: 'neutral',
  merged: 'good',
  completed: 'good',
  failed: 'bad',
  cancelled: 'neutral',
};

/** What is not verified is never shown in green (R-GREEN-1). */
export function StageBadge({
  stage,
  status,
  verification,
}: Pick<WorkOrder, 'stage' | 'status' | 'verification'>) {
  const isDoubtful = status === 'completed' && verification?.is_verified === false;
  return <Badge tone={isDoubtful ? 'warn' : toneOfStage[stage]}>{stage.replaceAll('_', ' ')}</Badge>;
}
