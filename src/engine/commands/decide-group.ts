// Decides once about a group of work orders, in one transaction: of candidates, the best one continues and the others are
// cancelled; the parts of a joint change all publish, or all are cancelled.

import type { GroupDecision, GroupKind, GroupMember } from '../../domain/group.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import { decideCandidates } from '../../domain/work-order/candidate.ts';
import { decideJoint } from '../../domain/work-order/joint-change.ts';
import type { Query } from '../../store/database.ts';
import { databaseNow } from '../../store/database-now.ts';
import {
  decideGroup,
  type Group,
  lockGroup,
  lockMembers,
  membersOf,
} from '../../store/work/groups/groups.ts';
import { lockOpenRun } from '../../store/work/runs/runs.ts';
import { recordEvent, requireWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { withdraw } from '../questions/resolve-question.ts';
import { leaveOutages } from '../recovery/outage.ts';
import { cancelIn, wake } from './cancel.ts';
import type { SteeringDeps } from './start-run.ts';

interface GroupRule {
  actor: string;
  /** The kind of the event that each member gets. */
  event: string;
  /** Why a member is cancelled that the decision does not keep. */
  cancelledBecause: string;
  /** Null: the members at work can still change the result. */
  decide(members: readonly GroupMember[], now: Date): GroupDecision | null;
  /** What the decision says to a member. */
  reasonFor(member: GroupMember, decision: GroupDecision, size: number): string;
  isDropped(member: GroupMember, decision: GroupDecision): boolean;
  /** Who continues at once; in a joint change, each one wakes the next. */
  continues(decision: GroupDecision, members: readonly GroupMember[]): GroupMember | null | undefined;
}

export const groupRules: Readonly<Record<GroupKind, GroupRule>> = {
  candidates: {
    actor: 'moose:candidates',
    event: 'candidates.decided',
    cancelledBecause: 'another candidate was kept',
    decide: decideCandidates,
    reasonFor: ({ id, number }, { kept, because }, size) =>
      id === kept?.id ? `kept, ${number} of ${size}: ${because}` : `not kept, ${number} of ${size}`,
    isDropped: ({ id, state }, { kept }) => id !== kept?.id && state !== 'over',
    continues: ({ kept }) => kept,
  },
  joint: {
    actor: 'moose:joint-change',
    event: 'joint.decided',
    cancelledBecause: 'another change of the same joint change was cancelled',
    decide: decideJoint,
    reasonFor: (_, { outcome, because }) => `${outcome}: ${because}`,
    isDropped: ({ isCancelled }, { outcome }) => outcome === 'cancelled' && !isCancelled,
    continues: ({ outcome }, [first]) => (outcome === 'published' ? first : null),
  },
};

/** Does nothing if the group is decided, or if its members at work can still change the result. */
export async function decideGroupIfDue(
  deps: SteeringDeps,
  groupId: WorkOrderId,
  signal?: AbortSignal,
): Promise<void> {
  await deps.database.transaction(async (query) => {
    const group = await lockGroup(query, groupId);
    if (group.decidedAt !== null) return;
    await lockMembers(query, groupId);
    await decideGroupIn(query, deps, group);
  }, signal);
}

/**
 * Call this in a transaction that has locked the group before anything else, and its members after it. Null: it is not
 * decided yet.
 */
export async function decideGroupIn(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  { id: groupId, kind, size }: Pick<Group, 'id' | 'kind' | 'size'>,
): Promise<GroupDecision | null> {
  const { actor, event, ...rule } = groupRules[kind];
  const members = await membersOf(query, groupId);
  // The clocks of its machines may differ.
  const decidedAt = await databaseNow(query);
  const decision = rule.decide(members, decidedAt);
  if (decision === null) return null;
  const { outcome, kept, because } = decision;
  await decideGroup(query, groupId, { outcome, kept: kept?.id ?? null, because, decidedAt });
  for (const member of members) {
    const reason = rule.reasonFor(member, decision, size);
    await recordEvent(query, { workOrderId: member.id, kind: event, actor, reason });
    if (rule.isDropped(member, decision)) await cancelMember(query, deps, kind, member.id);
  }
  const next = rule.continues(decision, members);
  const run = next && (await lockOpenRun(query, next.id));
  if (run) await wake(query, run);
  return decision;
}

/** Nobody has to answer a question about it any more. A work order that is being undone ends as cancelled anyway. */
export async function cancelMember(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  kind: GroupKind,
  id: WorkOrderId,
): Promise<void> {
  const { actor, cancelledBecause } = groupRules[kind];
  if ((await lockOpenRun(query, id))?.kind === 'undo') return;
  await cancelIn(query, deps, await requireWorkOrder(query, id), actor, cancelledBecause);
  await withdraw(query, { workOrderId: id }, cancelledBecause);
  await leaveOutages(query, id);
}
