// Work orders and runs that contradict each other.
import type { WorkOrderId } from '../../domain/ids.ts';
import {
  atWorkWithoutRun,
  ciUnfollowed,
  ciWithoutPullRequest,
  effectIntended,
  freeSlot,
  lookAtPullRequestsOf,
  questionOfNobody,
  queuedWithoutRun,
  reviewUnasked,
  runOfEndedOrder,
  slotOfEnded,
  undoFailed,
} from '../../store/work/inconsistent-rows.ts';
import { cancelRunOf } from '../../store/work/runs/run-ends.ts';
import { startFirstRun } from '../commands/submit/submit.ts';
import { withdraw } from '../questions/resolve-question.ts';
import type { DriftKind } from './drift-kind.ts';
import { ofRows } from './kind-of-rows.ts';

export const kindsOfRuns: readonly DriftKind[] = [
  ofRows({
    name: 'run-of-ended-work-order',
    side: 'runs',
    means: 'An open run of a work order that is completed, failed or cancelled.',
    what: (subject) => `Run ${subject} is open, but its work order has ended`,
    finding: runOfEndedOrder,
    repair: 'end the run',
    isSafe: false,
    act: (query, { workOrderId }, { now }) => cancelRunOf(query, workOrderId as WorkOrderId, now),
  }),
  ofRows({
    name: 'work-order-without-run',
    side: 'runs',
    means: 'A pending work order that waits for nothing and has no run.',
    what: () => 'It was submitted, but never queued',
    finding: queuedWithoutRun,
    repair: 'queue its first run',
    isSafe: true,
    act: (query, { workOrderId }, { now }) => startFirstRun(query, workOrderId as WorkOrderId, now),
  }),
  ofRows({
    name: 'at-work-without-run',
    side: 'runs',
    means: 'A work order in progress without an open run, that does not wait for CI.',
    what: () => 'It is in progress, but nobody works on it',
    finding: atWorkWithoutRun,
    repair: null,
    isSafe: false,
  }),
  ofRows({
    name: 'ci-unfollowed',
    side: 'forge',
    means: 'A work order that waits for CI, with an open pull request that nothing polls.',
    what: () => 'It waits for CI, but its pull request is not polled',
    finding: ciUnfollowed,
    repair: 'check the pull request now, and poll it',
    isSafe: true,
    act: (query, { subject }) => lookAtPullRequestsOf(query, subject),
  }),
  ofRows({
    name: 'ci-without-pull-request',
    side: 'forge',
    means: 'A work order that waits for CI without an open pull request.',
    what: () => 'It waits for CI, but has no open pull request',
    finding: ciWithoutPullRequest,
    repair: null,
    isSafe: false,
  }),
  ofRows({
    name: 'review-unasked',
    side: 'queues',
    means: 'A work order that needs review, with no open question about it.',
    what: () => 'It needs review, but nobody is asked',
    finding: reviewUnasked,
    repair: null,
    isSafe: false,
  }),
  ofRows({
    name: 'question-of-nobody',
    side: 'queues',
    means: 'An open question about a cancelled work order that waits for no answer.',
    what: (subject) => `Question ${subject} is open, but nobody waits for the answer`,
    finding: questionOfNobody,
    repair: 'withdraw the question',
    isSafe: true,
    act: async (query, { workOrderId }) =>
      void (await withdraw(
        query,
        { workOrderId: workOrderId as WorkOrderId },
        'its work order is cancelled',
      )),
  }),
  ofRows({
    name: 'effect-intended',
    side: 'branches',
    means: 'An effect of an ended work order of which it is unknown whether it was done.',
    what: (subject) => `Nobody knows whether ${subject} was done`,
    finding: effectIntended,
    repair: null,
    isSafe: false,
  }),
  ofRows({
    name: 'undo-failed',
    side: 'branches',
    means: 'An effect whose undo failed, with no open question about it.',
    what: (subject) => `${subject} is still there: its undo failed`,
    finding: undoFailed,
    repair: null,
    isSafe: false,
  }),
  ofRows({
    name: 'slot-of-ended-work-order',
    side: 'worktrees',
    means: 'A worktree number, used for ports, that an ended work order without a worktree still has.',
    what: (subject) => `The slot ${subject} is taken, but has no worktree`,
    finding: slotOfEnded,
    repair: 'free the slot',
    isSafe: true,
    act: (query, { subject }) => freeSlot(query, subject),
  }),
];
