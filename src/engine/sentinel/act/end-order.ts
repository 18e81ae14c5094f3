// Ends a work order that waits for CI: completed, merged, or cancelled because a person closed its pull request.
import { sentinelActor } from '../../../domain/forge/forge.ts';
import { type GroundChange, groundWords } from '../../../domain/work-order/ground-change.ts';
import type { Query } from '../../../store/database.ts';
import { leaveEscalations } from '../../../store/failures/escalation-members.ts';
import { lookAtStacked } from '../../../store/work/plans/stacks.ts';
import { judgementsOf } from '../../../store/work/work-orders/judgements.ts';
import { changeWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { judgeOutcome } from '../../learner/outcomes/judge-outcome.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { tellGround } from '../../run/ground/tell-ground.ts';
import { startDependents } from '../../specs/start-planned.ts';
import type { LookContext } from '../follow-deps.ts';

/** The state on which Moose decides: a person may have changed it since then. */
export type Expected = Pick<WorkOrder, 'id' | 'status' | 'step' | 'run'>;

export interface Completion {
  because: string;
  /** CI has verified the change. */
  isGreen: boolean;
  finishedAt: Date;
  /** Why it is not verified, if the project's own checks did not verify it. */
  notVerifiedBecause?: string;
}

/** False if the work order has changed meanwhile. */
export async function completeOrder(
  query: Query,
  order: Expected & Pick<WorkOrder, 'isVerified'>,
  { because, isGreen, finishedAt, notVerifiedBecause }: Completion,
): Promise<boolean> {
  const judgement = (await judgementsOf(query, [order.id])).get(order.id);
  // CI runs the same tests that the change was refused for, or accepted against.
  const isAccepted = typeof judgement?.acceptedBy === 'string';
  const verification =
    isGreen && !isAccepted
      ? { isVerified: true, notVerifiedBecause: null }
      : order.isVerified || notVerifiedBecause === undefined
        ? {}
        : { isVerified: false, notVerifiedBecause };
  const { id, status, step, run } = order;
  const isDone = await changeWorkOrder(
    query,
    id,
    { status, step, run },
    {
      status: 'completed',
      stepState: 'done',
      failureClass: null,
      failure: null,
      finishedAt,
      ...verification,
      changedBy: sentinelActor,
      changedBecause: because,
    },
  );
  if (!isDone) return false;
  await withdraw(query, { workOrderId: id }, 'the work order is completed');
  await leaveEscalations(query, id);
  await lookAtStacked(query, id);
  await startDependents(query, id, finishedAt);
  return true;
}

/** A person who closes a pull request does not want the change: its branch stays, and nothing opens it again. */
export async function cancelClosed(
  query: Query,
  { id, status, step, run }: Expected,
  { number, finishedAt }: { number: number; finishedAt: Date },
): Promise<boolean> {
  const isDone = await changeWorkOrder(
    query,
    id,
    { status, step, run },
    {
      status: 'cancelled',
      stepState: 'done',
      finishedAt,
      changedBy: sentinelActor,
      changedBecause: `pull request ${number} was closed without a merge`,
    },
  );
  if (isDone) {
    await tellGround(query, { id }, [{ is: 'closed', number }], sentinelActor);
    await withdraw(query, { workOrderId: id }, 'its pull request was closed');
    await leaveEscalations(query, id);
    await lookAtStacked(query, id);
  }
  return isDone;
}

/** Undoes `cancelClosed`, or the question about a base branch that was gone: `change` says what is there again. */
export async function reopenOrder(
  query: Query,
  { id, status, step, run }: Expected,
  change: GroundChange,
): Promise<void> {
  const isDone = await changeWorkOrder(
    query,
    id,
    { status, step, run },
    {
      status: 'in_progress',
      stepState: 'running',
      failureClass: null,
      failure: null,
      finishedAt: null,
      changedBy: sentinelActor,
      changedBecause: groundWords(change),
    },
  );
  if (isDone) await tellGround(query, { id }, [change], sentinelActor);
}

type Own = Pick<LookContext, 'order' | 'pushedSha' | 'clock'>;

/** A commit that somebody else pushed on top says nothing about the model. */
export async function judgeHeld(
  query: Query,
  { order, pushedSha, clock }: Own,
  by: 'ci' | 'merge',
  headSha: string,
): Promise<void> {
  if (headSha === pushedSha) await judgeOutcome(query, order.id, { by, holds: true, at: clock.now() });
}

/** Nobody accepted the change. */
export async function judgeClosed(
  query: Query,
  { order, row, clock }: Own & Pick<LookContext, 'row'>,
): Promise<void> {
  await judgeOutcome(query, order.id, {
    by: 'close',
    holds: false,
    at: clock.now(),
    failureClass: 'unknown',
    errorContext: { because: `pull request ${row.number} was closed without a merge` },
  });
}
