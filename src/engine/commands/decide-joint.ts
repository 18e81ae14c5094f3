// Decides once about a change over several repositories, in one transaction: all members publish, or all are cancelled.
import type { WorkOrderId } from '../../domain/ids.ts';
import { decideJoint, type JointDecision, type JointMember } from '../../domain/joint-change.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { databaseNow } from '../../store/database-now.ts';
import { lockMembers } from '../../store/work/groups.ts';
import {
  cancelledGroups,
  cutOffMembers,
  decideJointGroup,
  jointMembers,
  lockJointGroup,
} from '../../store/work/joint-changes.ts';
import { lockOpenRun } from '../../store/work/runs.ts';
import { lockWorkOrder, recordEvent, requireWorkOrder } from '../../store/work/work-orders.ts';
import type { PeriodicJob } from '../jobs/periodic-jobs.ts';
import { withdraw } from '../questions/resolve-question.ts';
import { cancelIn, wake } from './cancel.ts';
import type { SteeringDeps } from './start-run.ts';

const actor = 'moose:joint-change';
export const cancelledTogether = 'another change of the same joint change was cancelled';
const everyMs = 15_000;

/**
 * A process may die between the cancellation of a member and the decision. After the decision, a member that waits for a
 * person does not look at the others itself.
 */
export function jointChangesJob(deps: { database: Database; clock: Clock }): PeriodicJob {
  return {
    name: 'joint-changes',
    everyMs,
    run: async (signal) => {
      for (const group of await deps.database.run(cancelledGroups, signal))
        await decideJointIfDue(deps, group, signal);
      for (const id of await deps.database.run(cutOffMembers, signal))
        await deps.database.transaction((query) => cancelCutOff(query, deps, id), signal);
    },
  };
}

async function cancelCutOff(query: Query, deps: Pick<SteeringDeps, 'clock'>, id: WorkOrderId): Promise<void> {
  const run = await lockOpenRun(query, id);
  const { status } = await lockWorkOrder(query, id);
  // Somebody has just restarted or ended it.
  if (run === undefined && (status === 'needs_review' || status === 'failed'))
    await cancelMember(query, deps, id);
}

/** Does nothing if the group is decided, or if one of its members is still at work and none is cancelled. */
export async function decideJointIfDue(
  deps: SteeringDeps,
  groupId: WorkOrderId,
  signal?: AbortSignal,
): Promise<void> {
  await deps.database.transaction(async (query) => {
    const group = await lockJointGroup(query, groupId);
    if (group.decidedAt !== null) return;
    await lockMembers(query, 'joint', groupId);
    await decideJointIn(query, deps, groupId);
  }, signal);
}

/** Call this in a transaction that has locked the group before anything else, and its members after it. */
export async function decideJointIn(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  groupId: WorkOrderId,
): Promise<JointDecision | null> {
  const members = await jointMembers(query, groupId);
  const decision = decideJoint(members);
  if (decision === null) return null;
  await decideJointGroup(query, groupId, { ...decision, decidedAt: await databaseNow(query) });
  for (const { id, isCancelled } of members) {
    const reason = `${decision.outcome}: ${decision.because}`;
    await recordEvent(query, { workOrderId: id, kind: 'joint.decided', actor, reason });
    if (decision.outcome === 'cancelled' && !isCancelled) await cancelMember(query, deps, id);
  }
  if (decision.outcome === 'published') await wakeWaiting(query, members.slice(0, 1));
  return decision;
}

/** A work order that is being undone ends as cancelled anyway. */
async function cancelMember(query: Query, deps: Pick<SteeringDeps, 'clock'>, id: WorkOrderId): Promise<void> {
  if ((await lockOpenRun(query, id))?.kind === 'undo') return;
  await cancelIn(query, deps, await requireWorkOrder(query, id), actor, cancelledTogether);
  await withdraw(query, { workOrderId: id }, cancelledTogether);
}

/** Only those that wait for others of their group: a retry keeps its delay. */
export async function wakeWaiting(
  query: Query,
  members: readonly Pick<JointMember, 'id' | 'step'>[],
): Promise<void> {
  for (const { id, step } of members) {
    if (step !== 'routing' && step !== 'creating_pr') continue;
    const run = await lockOpenRun(query, id);
    if (run && run.wakeAt !== null && run.pausedBy === null) await wake(query, run);
  }
}
