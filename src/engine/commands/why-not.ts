// Why an action is not possible now, in one sentence; null if it is possible. Gives the same answer as the action
// itself. Pure.
import { isHuman, personOf } from '../../domain/people/person.ts';
import { isFinished } from '../../domain/transitions.ts';
import type { Act } from '../../domain/work-order/work-order.ts';
import { undoPlan } from '../run/effects/undo-effects.ts';
import type { ActFacts } from './act-facts.ts';
import { isInConflict } from './merge/in-conflict.ts';
import { removedWords } from './refuse-removed.ts';

type WhyNot = (facts: ActFacts, actor: string) => string | null;

export const whyNot: Record<Act, WhyNot> = {
  approve: ({ order }, actor) => {
    if (!order.needsApproval) return 'It needs no approval.';
    if (order.approvedBy !== null) return `${personOf(order.approvedBy)} has already approved it.`;
    if (order.status !== 'pending') return over(order.status);
    return isHuman(actor) ? null : 'Only a person can approve it.';
  },
  pause: ({ order, run }) => {
    if (order.heldBy !== null) return `${personOf(order.heldBy)} has already paused it.`;
    if (run?.kind === 'undo') return 'It is being undone.';
    if (order.status === 'needs_review') return 'It already waits for you, and nothing is running.';
    if (order.status === 'pending')
      return awaitsApproval(order) ? 'It waits for approval and does not start before that.' : null;
    if (order.status !== 'in_progress') return over(order.status);
    return order.cancelRequestedAt === null ? null : 'It is being cancelled.';
  },
  resume: ({ order: { heldBy } }, actor) => {
    if (heldBy === null) return 'It is not paused.';
    return isHuman(heldBy) && !isHuman(actor)
      ? `${personOf(heldBy)} paused it: only a person can resume it.`
      : null;
  },
  retry: ({ order, run, project, isProjectRemoved, pullRequest }, actor) => {
    const unlessRemoved = isProjectRemoved === true ? removedWords(project) : null;
    if (run?.kind === 'undo') return 'It is being undone.';
    switch (order.status) {
      case 'pending':
        return 'It has not started yet.';
      case 'in_progress':
        return 'It is running; cancel it first.';
      case 'completed':
        return isInConflict(order) ? unlessRemoved : 'It is completed: submit a new one, or undo it.';
      case 'cancelled':
        return pullRequest?.state === 'closed'
          ? `It is cancelled: open pull request ${pullRequest.number} again, or submit a new one.`
          : 'It is cancelled: submit a new one.';
      default:
        return order.parkedAt === null || isHuman(actor)
          ? unlessRemoved
          : 'It is parked: only a person can retry it.';
    }
  },
  cancel: ({ order, run }) => {
    if (isFinished(order.status) && order.status !== 'failed') return over(order.status);
    if (order.cancelRequestedAt !== null && order.status === 'in_progress')
      return 'It is already being cancelled.';
    return run?.kind === 'undo' ? 'It is being undone.' : null;
  },
  undo: ({ order, run, effects }) => {
    if (run?.kind === 'undo') return 'It is already being undone.';
    if (order.status === 'pending') return 'It has not started: there is nothing to undo.';
    if (order.status === 'in_progress') return 'It is running; cancel it first.';
    if (undoPlan(effects).length > 0) return null;
    return order.status === 'completed' || order.status === 'needs_review'
      ? null
      : 'Nothing is left to undo.';
  },
  merge: ({ pullRequest, held }) => {
    if (pullRequest === null) return 'It has no pull request.';
    if (pullRequest.state === 'open') return held?.words ?? null;
    return `Pull request ${pullRequest.number} is already ${pullRequest.state}.`;
  },
};

export function awaitsApproval({
  status,
  needsApproval,
  approvedAt,
}: Pick<ActFacts['order'], 'status' | 'needsApproval' | 'approvedAt'>): boolean {
  return status === 'pending' && needsApproval && approvedAt === null;
}

const over = (status: string): string => `It is ${status.replace('_', ' ')}.`;
