// What each action would do, one sentence per effect, with the real branch, pull request, process and money. Pure.
import { shortId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import { limitAsGiven } from '../../domain/work-order/subtask.ts';
import type { Act } from '../../domain/work-order/work-order.ts';
import { ofTheMachine } from '../run/effects/undo-effects.ts';
import type { ActFacts } from './act-facts.ts';
import { isInConflict } from './merge/in-conflict.ts';
import { afterCi } from './start-run.ts';
import { preservedRef, undoSteps } from './undo-words.ts';

type Consequences = (facts: ActFacts) => string[];

export const consequencesOf: Record<Act, Consequences> = {
  approve: approveConsequences,
  pause: pauseConsequences,
  resume: resumeConsequences,
  retry: retryConsequences,
  cancel: cancelConsequences,
  undo: undoConsequences,
  merge: ({ order, pullRequest, project }) => [
    ...(isInConflict(order) && order.failure
      ? [`It will fail unless this has changed: ${order.failure.message}`]
      : []),
    `Pull request ${pullRequest?.number ?? ''} (${order.branch ?? 'its branch'}) is merged into ${pullRequest?.baseBranch ?? order.baseBranch ?? 'the base branch'} of the remote of ${project}.`,
    'Your own checkout does not change, and undo does not revert a merge.',
  ],
};

function approveConsequences({ order, project }: ActFacts): string[] {
  const { group } = order.settings;
  const each = group === undefined ? '' : ', and so may each of the others';
  const others = group?.kind === 'joint' ? 'changes of its joint change' : 'candidates';
  return [
    `It starts when a slot is free, in its own worktree next to ${project}.`,
    ...(group === undefined ? [] : [`So do the other ${others}: ${group.of} work orders begin.`]),
    order.limitNanoUsd === null
      ? 'No limit is set: routing estimates what it needs and reserves that within the daily limit.'
      : `It may spend ${formatUsd(order.limitNanoUsd)} in total${each}.`,
  ];
}

function pauseConsequences({ order, session, envelope }: ActFacts): string[] {
  if (order.status === 'pending')
    return ['It does not start until it is resumed.', 'No money is reserved for it yet.'];
  const underWay = session
    ? `The running ${session.purpose} ${session.name} finishes`
    : `The current step, ${order.step ?? 'its first'}, finishes`;
  return [
    `${underWay}; after that no step, agent or model call starts.`,
    envelope === null
      ? 'No money is reserved for it.'
      : `${formatUsd(envelope.leftNanoUsd)} of the ${formatUsd(envelope.nanoUsd)} reserved for it stays reserved until it continues.`,
    'It holds no slot while it is paused, and stays paused when Moose restarts.',
  ];
}

function resumeConsequences({ order, envelope }: ActFacts): string[] {
  if (order.status === 'needs_review' || order.status === 'failed')
    return ['The pause is lifted, so a retry can run at once; it still waits for your answer.'];
  if (order.status === 'pending')
    return [
      'It starts when a slot is free.',
      ...(order.limitNanoUsd === null ? [] : [`It may spend ${formatUsd(order.limitNanoUsd)} in total.`]),
    ];
  return [
    `It continues at ${order.step ?? 'its first step'} when a slot is free.`,
    ...(envelope === null
      ? []
      : [`It may spend the remaining ${formatUsd(envelope.leftNanoUsd)} of its reservation.`]),
  ];
}

/** The most that another run may spend; null if there is no estimate. */
export function retryNanoUsd({ order, estimateNanoUsd }: ActFacts): bigint | null {
  if (isInConflict(order)) return limitAsGiven(order) ?? estimateNanoUsd;
  if (order.limitNanoUsd === null) return estimateNanoUsd;
  return order.limitNanoUsd > order.costNanoUsd ? order.limitNanoUsd - order.costNanoUsd : 0n;
}

function retryConsequences(facts: ActFacts): string[] {
  const { order, startable, pullRequest } = facts;
  if (isInConflict(order)) {
    return [
      `A new work order does the same work again, from the current ${order.baseBranch ?? 'base branch'} of the remote.`,
      `It may spend as much as this one was allowed to; what this one has spent still counts.`,
      `Pull request ${pullRequest?.number ?? ''} stays open: \`moose undo ${shortId(order.id)}\` closes it.`,
    ];
  }
  const step = order.step === null ? null : afterCi(order.step);
  const from = step !== null && startable.includes(step) ? step : startable.at(-1);
  const where = order.branch === null ? '' : `, on the branch ${order.branch}`;
  const most = retryNanoUsd(facts);
  const spent = `${formatUsd(order.costNanoUsd)} spent so far still counts`;
  return [
    `Run ${order.run + 1} starts at ${from ?? 'routing'} unless you choose another step${where}.`,
    most === null
      ? `Routing estimates what it needs; the ${spent}.`
      : most === 0n
        ? `Its limit of ${formatUsd(order.limitNanoUsd ?? 0n)} is used up: set a higher one with the retry.`
        : `It may spend up to ${formatUsd(most)} more; the ${spent}.`,
    ...(order.status === 'needs_review' ? ['This also answers the question about it.'] : []),
  ];
}

function cancelConsequences({ order, session, effects, envelope, pullRequest }: ActFacts): string[] {
  const together =
    order.settings.group?.kind === 'joint' && order.pullRequestUrl === null
      ? ['All other changes of its joint change that have no pull request yet are cancelled too.']
      : [];
  if (order.status === 'pending') return ['It never starts and costs nothing.', ...together];
  const worktree = effects.find(
    ({ kind, state }) => kind === 'worktree' && ofTheMachine.includes(kind) && state !== 'undone',
  );
  return [
    ...(session ? [`The running ${session.purpose} ${session.name} is stopped.`] : []),
    ...(worktree
      ? [
          `${worktree.detail.worktreePath} is removed; uncommitted changes in it are kept under ${preservedRef(order)}.`,
        ]
      : []),
    ...(order.branch === null ? [] : [`The branch ${order.branch} and its commits stay.`]),
    ...(pullRequest?.state === 'open' ? [`Pull request ${pullRequest.number} stays open.`] : []),
    ...(envelope ? [`The unspent ${formatUsd(envelope.leftNanoUsd)} of its reservation is released.`] : []),
    ...together,
    `${shortId(order.id)} cannot be retried after that.`,
  ];
}

function undoConsequences({ order, effects, pullRequest }: ActFacts): string[] {
  const steps = undoSteps(effects, order).map(({ does }) => `${does[0]?.toUpperCase()}${does.slice(1)}.`);
  return [
    ...steps,
    ...(pullRequest?.state === 'merged' && !steps.some((step) => step.startsWith('Leaves pull request'))
      ? [
          `Pull request ${pullRequest.number} stays merged: revert it in ${pullRequest.baseBranch ?? 'its base branch'} yourself.`,
        ]
      : []),
    ...(order.status === 'cancelled' ? [] : ['It is then cancelled and cannot be retried.']),
  ];
}
