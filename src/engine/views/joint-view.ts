// All members of a change over several repositories, for the page of each of them.
import type * as wire from '../../contract/contract.ts';
import { waitsFor } from '../../domain/joint-change.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Query } from '../../store/database.ts';
import { jointFigures, jointGroup, jointMembers, type ListedMember } from '../../store/work/joint-changes.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';

/** Null if the work order is no member. */
export async function jointView(
  query: Query,
  { settings: { joint } }: Pick<WorkOrder, 'settings'>,
): Promise<wire.JointView | null> {
  if (joint === undefined) return null;
  const { outcome, because, limitNanoUsd } = await jointGroup(query, joint.group);
  const members = await jointMembers(query, joint.group);
  const figures = await jointFigures(query, joint.group);
  return {
    outcome,
    because,
    limit_usd: limitNanoUsd === null ? null : usdNumber(limitNanoUsd),
    items: members.map((member) => {
      const { id, number, project, status, step, passedAt } = member;
      const isOpen = status === 'pending' || status === 'in_progress';
      const waits = isOpen ? waitsFor(member, members, outcome) : [];
      const { costNanoUsd = 0n, isMerged = false } = figures.get(id) ?? {};
      return {
        work_order_id: id,
        number,
        project,
        status,
        step,
        passed_at: passedAt?.toISOString() ?? null,
        waits_for: waits.map((other) => other.number),
        pull_request: member.pullRequestUrl,
        is_merged: isMerged,
        cost_usd: usdNumber(costNanoUsd),
      };
    }),
  };
}

export function memberView(listed: ListedMember | undefined): wire.WorkOrder['joint'] {
  if (listed === undefined) return null;
  return { group_id: listed.groupId, number: listed.number, of: listed.size };
}
