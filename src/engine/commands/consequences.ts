// What each act would do, a sentence each, with the real branch, pull request, process and money. Pure.
import { shortId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import { ofTheMachine } from '../effects/undo-effects.ts';
import type { ActFacts } from './act-facts.ts';
import type { ActName } from './acts.ts';
import { isInConflict } from './in-conflict.ts';
import { preservedRef, undoSteps } from './undo-words.ts';

type Consequences = (facts: ActFacts) => string[];

export const consequencesOf: Record<ActName, Consequences> = {
  approve: ({ order, project }) => [
    `It begins as soon as a place is free, in a worktree of its own beside ${project}.`,
    order.limitNanoUsd === null
      ? 'Nobody has given a limit: routing reckons what it needs, and sets that aside within the limits of the day.'
      : `It may spend ${formatUsd(order.limitNanoUsd)} in all.`,
  ],
  pause: pauseConsequences,
  resume: resumeConsequences,
  retry: retryConsequences,
  cancel: cancelConsequences,
  undo: undoConsequences,
  merge: ({ order, pullRequest, project }) => [
    `Pull request ${pullRequest?.number ?? ''} (${order.branch ?? 'its branch'}) is merged into ${pullRequest?.baseBranch ?? order.baseBranch ?? 'the base branch'} of the remote of ${project}.`,
    'Your own checkout stays as it is, and undoing does not take a merge back.',
  ],
};

function pauseConsequences({ order, session, envelope }: ActFacts): string[] {
  if (order.status === 'pending')
    return ['It does not begin before it is resumed.', 'No money is set aside for it yet.'];
  const underWay = session
    ? `The ${session.purpose} ${session.name}, which is running, is let finish`
    : `The step under way, ${order.step ?? 'its first'}, is let finish`;
  return [
    `${underWay}; after that no step, no agent and no model call begins.`,
    envelope === null
      ? 'No money is set aside for it.'
      : `${formatUsd(envelope.leftNanoUsd)} of the ${formatUsd(envelope.nanoUsd)} set aside for it stay set aside, for when it goes on.`,
    'It holds no place while it is paused, and stays paused when Moose is started again.',
  ];
}

function resumeConsequences({ order, envelope }: ActFacts): string[] {
  if (order.status === 'needs_review' || order.status === 'failed')
    return ['The pause is lifted, so that a retry goes on at once; it still waits for your answer.'];
  if (order.status === 'pending')
    return [
      'It begins as soon as a place is free.',
      ...(order.limitNanoUsd === null ? [] : [`It may spend ${formatUsd(order.limitNanoUsd)} in all.`]),
    ];
  return [
    `It goes on at ${order.step ?? 'its first step'} as soon as a place is free.`,
    ...(envelope === null
      ? []
      : [`It may spend the ${formatUsd(envelope.leftNanoUsd)} that are left of what is set aside for it.`]),
  ];
}

/** What another run may spend at most; null where nobody has reckoned it. */
export function retryNanoUsd({ order, estimateNanoUsd }: ActFacts): bigint | null {
  if (isInConflict(order)) return order.limitNanoUsd ?? estimateNanoUsd;
  if (order.limitNanoUsd === null) return estimateNanoUsd;
  return order.limitNanoUsd > order.costNanoUsd ? order.limitNanoUsd - order.costNanoUsd : 0n;
}

function retryConsequences(facts: ActFacts): string[] {
  const { order, startable, pullRequest } = facts;
  if (isInConflict(order)) {
    return [
      `A new work order does the same again, from ${order.baseBranch ?? 'the base branch'} as it is in the remote now.`,
      `It may spend as much as this one was allowed to; what this one has spent stays counted.`,
      `Pull request ${pullRequest?.number ?? ''} stays open: \`moose undo ${shortId(order.id)}\` closes it.`,
    ];
  }
  const from = order.step !== null && startable.includes(order.step) ? order.step : startable.at(-1);
  const where = order.branch === null ? '' : `, on the branch ${order.branch}`;
  const most = retryNanoUsd(facts);
  const spent = `${formatUsd(order.costNanoUsd)} spent before stay counted`;
  return [
    `Run ${order.run + 1} begins at ${from ?? 'routing'} unless you choose another step${where}.`,
    most === null
      ? `Routing reckons what it needs; the ${spent}.`
      : most === 0n
        ? `Its limit of ${formatUsd(order.limitNanoUsd ?? 0n)} is used up: give a higher one with it.`
        : `It may spend up to ${formatUsd(most)} more; the ${spent}.`,
    ...(order.status === 'needs_review' ? ['The question about it is answered by that.'] : []),
  ];
}

function cancelConsequences({ order, session, effects, envelope, pullRequest }: ActFacts): string[] {
  if (order.status === 'pending') return ['It never begins, and costs nothing.'];
  const worktree = effects.find(
    ({ kind, state }) => kind === 'worktree' && ofTheMachine.includes(kind) && state !== 'undone',
  );
  return [
    ...(session ? [`The ${session.purpose} ${session.name}, which is running, is stopped.`] : []),
    ...(worktree
      ? [
          `${worktree.detail.worktreePath} is removed; what is not committed in it stays under ${preservedRef(order)}.`,
        ]
      : []),
    ...(order.branch === null ? [] : [`The branch ${order.branch} and its commits stay.`]),
    ...(pullRequest?.state === 'open' ? [`Pull request ${pullRequest.number} stays open.`] : []),
    ...(envelope
      ? [`${formatUsd(envelope.leftNanoUsd)} that are set aside for it, and not spent, are free again.`]
      : []),
    `${shortId(order.id)} cannot be retried after that.`,
  ];
}

function undoConsequences({ order, effects, pullRequest }: ActFacts): string[] {
  const steps = undoSteps(effects, order).map(({ does }) => `${does[0]?.toUpperCase()}${does.slice(1)}.`);
  return [
    ...steps,
    ...(pullRequest?.state === 'merged' && !steps.some((step) => step.startsWith('Leaves pull request'))
      ? [
          `Pull request ${pullRequest.number} is merged, and stays so: revert it in ${pullRequest.baseBranch ?? 'its base branch'} yourself.`,
        ]
      : []),
    ...(order.status === 'cancelled' ? [] : ['It is cancelled then, and cannot be retried.']),
  ];
}
