// The look of a planned work order's state: a word, a sign and a tone, because colour alone is not accessible.
import {
  Ban,
  Check,
  CircleDashed,
  CirclePause,
  Clock,
  GitMerge,
  Hand,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Undo2,
  X,
} from 'lucide-react';
import type { PlannedWorkOrder, SpecRun } from '../../../../src/contract/contract.ts';
import type { Tone } from '../../parts/badge.tsx';

export interface Look {
  word: string;
  tone: Tone;
  Icon: LucideIcon;
}

type State = Pick<
  PlannedWorkOrder,
  'stage' | 'status' | 'step' | 'is_started' | 'is_paused' | 'is_reverted' | 'waits_for'
>;

export function lookOf(order: State): Look {
  const { stage, status, step, is_started, is_paused, is_reverted, waits_for } = order;
  if (is_paused) return { word: 'paused', tone: 'warn', Icon: CirclePause };
  switch (status) {
    case 'in_progress':
      return { word: step?.replaceAll('_', ' ') ?? 'working', tone: 'info', Icon: LoaderCircle };
    case 'needs_review':
      return { word: 'needs you', tone: 'warn', Icon: Hand };
    case 'completed':
      if (is_reverted) return { word: 'reverted', tone: 'bad', Icon: Undo2 };
      if (stage === 'needs_you') return { word: 'needs you', tone: 'warn', Icon: Hand };
      return { word: stage.replaceAll('_', ' '), tone: 'good', Icon: stage === 'merged' ? GitMerge : Check };
    case 'failed':
      return { word: 'failed', tone: 'bad', Icon: X };
    case 'cancelled':
      return { word: 'cancelled', tone: 'neutral', Icon: Ban };
    default:
      if (waits_for.length > 0) return { word: 'waiting', tone: 'neutral', Icon: Hourglass };
      return is_started
        ? { word: 'queued', tone: 'neutral', Icon: Clock }
        : { word: 'ready', tone: 'neutral', Icon: CircleDashed };
  }
}

/** The work orders that wait for a stopped one; null if this one still moves, or if none waits for it. */
export function heldBackBy({
  status,
  is_paused,
  holds_back,
}: Pick<PlannedWorkOrder, 'status' | 'is_paused' | 'holds_back'>): string | null {
  const isStopped = is_paused || status === 'failed' || status === 'needs_review' || status === 'cancelled';
  return isStopped && holds_back.length > 0 ? `Blocks ${holds_back.join(', ')}.` : null;
}

export const runTones: Readonly<Record<SpecRun['state'], Tone>> = {
  approved: 'neutral',
  running: 'info',
  paused: 'warn',
  done: 'good',
  cancelled: 'neutral',
};

/** How many work orders are in each state, most frequent first: `3 completed, 1 waiting`. */
export function countsOf(orders: readonly State[]): string {
  const counts = Map.groupBy(orders, (order) => lookOf(order).word);
  return Array.from(counts, ([word, { length }]) => ({ word, length }))
    .sort((one, other) => other.length - one.length)
    .map(({ word, length }) => `${length} ${word}`)
    .join(', ');
}
