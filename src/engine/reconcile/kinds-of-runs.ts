// Work orders, runs and workflows that contradict each other.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import {
  cancelWithoutRun,
  isStranded,
  ofTheDead,
  requeueOfTheDead,
  restartStranded,
  withoutRun,
} from '../../durable/stranded.ts';
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
import { cancelRunOf } from '../../store/work/run-ends.ts';
import { startFirstRun } from '../commands/submit.ts';
import { withdraw } from '../questions/resolve-question.ts';
import type { DriftKind } from './drift-kind.ts';
import { ofRows } from './kind-of-rows.ts';

const strandedRuns = (before: Date) => sql`select r.id as subject, r.work_order_id,
  format('no workflow carries its leg %s', r.leg) as evidence
  from runs r where ${isStranded} and r.created_at < ${before}`;

export const kindsOfRuns: readonly DriftKind[] = [
  ofRows({
    name: 'run-without-workflow',
    side: 'runs',
    means: 'An open run that no workflow carries, and that nobody has paused.',
    what: (subject) => `Run ${subject} is open, but nothing carries it`,
    finding: strandedRuns,
    repair: 'start its next leg',
    isSafe: true,
    act: async (query, { subject }) => void (await restartStranded(query, sql`r.id = ${subject}::uuid`)),
  }),
  ofRows({
    name: 'workflow-of-dead-process',
    side: 'runs',
    means: 'A workflow that belongs to a process which has ended or does not report.',
    what: (subject) => `Workflow ${subject} belongs to a dead process`,
    finding: ofTheDead,
    repair: 'put it back into the queue',
    isSafe: true,
    act: (query, { subject }, { before }) => requeueOfTheDead(query, subject, before),
  }),
  ofRows({
    name: 'workflow-without-run',
    side: 'queues',
    means: 'A workflow in the queue whose run has ended or is not there.',
    what: (subject) => `Workflow ${subject} waits for nothing`,
    finding: withoutRun,
    repair: 'cancel the workflow',
    isSafe: true,
    act: (query, { subject }) => cancelWithoutRun(query, subject),
  }),
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
    means: 'A work order that waits for CI, with an open pull request that nobody is to look at.',
    what: () => 'It waits for CI, but its pull request is not followed',
    finding: ciUnfollowed,
    repair: 'look at the pull request now, and follow it',
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
    means: 'An open question about a cancelled work order, for whose answer nobody waits.',
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
    means: 'An effect of an ended work order that was to be done, of which nobody knows whether it was.',
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
    means: 'The number of a worktree, for its ports, that an ended work order without worktree still has.',
    what: (subject) => `The slot ${subject} is taken, but has no worktree`,
    finding: slotOfEnded,
    repair: 'free the slot',
    isSafe: true,
    act: (query, { subject }) => freeSlot(query, subject),
  }),
];
