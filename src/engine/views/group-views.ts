// All members of a group, for the page of each of them.
import type * as wire from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import { waitsFor } from '../../domain/work-order/joint-change.ts';
import type { Query } from '../../store/database.ts';
import {
  type Group,
  groupById,
  type ListedMember,
  membersOf,
  usedByMembers,
} from '../../store/work/groups/groups.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';

/** At most one of the two is not null: null for a work order that is in no such group. */
export interface GroupViews {
  candidates: wire.CandidatesView | null;
  joint: wire.JointView | null;
}

export async function groupViews(
  query: Query,
  { settings: { group: place } }: Pick<WorkOrder, 'settings'>,
): Promise<GroupViews> {
  if (place === undefined) return { candidates: null, joint: null };
  const group = await groupById(query, place.group);
  return place.kind === 'candidates'
    ? { candidates: await candidatesView(query, group), joint: null }
    : { candidates: null, joint: await jointView(query, group) };
}

function decisionOf({ because, limitNanoUsd }: Group) {
  return { because, limit_usd: limitNanoUsd === null ? null : usdNumber(limitNanoUsd) };
}

async function candidatesView(query: Query, group: Group): Promise<wire.CandidatesView> {
  const used = await usedByMembers(query, group.id);
  const members = await membersOf(query, group.id);
  return {
    outcome: group.outcome as wire.CandidatesView['outcome'],
    ...decisionOf(group),
    items: members.map((member) => ({
      work_order_id: member.id,
      number: member.number,
      status: member.status,
      step: member.step,
      result: member.result,
      is_kept: group.outcome === null ? null : member.id === group.kept,
      is_verified: member.facts?.is_verified ?? null,
      warnings: member.facts?.warnings ?? null,
      refinement_cycles: member.refinementCycles,
      changed_lines: member.facts?.changed_lines ?? null,
      cost_usd: usdNumber(member.costNanoUsd),
      agent: used.get(member.id)?.agent ?? null,
      model: used.get(member.id)?.model ?? null,
      failure: member.failure?.message ?? null,
    })),
  };
}

async function jointView(query: Query, group: Group): Promise<wire.JointView> {
  const members = await membersOf(query, group.id);
  return {
    outcome: group.outcome as wire.JointView['outcome'],
    ...decisionOf(group),
    items: members.map((member) => {
      const isOpen = member.status === 'pending' || member.status === 'in_progress';
      const waits = isOpen ? waitsFor(member, members, group.outcome !== null) : [];
      return {
        work_order_id: member.id,
        number: member.number,
        project: member.project,
        status: member.status,
        step: member.step,
        passed_at: member.settledAt?.toISOString() ?? null,
        waits_for: waits.map((other) => other.number),
        pull_request: member.pullRequestUrl,
        is_merged: member.isMerged,
        cost_usd: usdNumber(member.costNanoUsd),
      };
    }),
  };
}

/** The place of a work order in its group, for lists. */
export function placeViews(listed: ListedMember | undefined): Pick<wire.WorkOrder, 'candidate' | 'joint'> {
  if (listed === undefined) return { candidate: null, joint: null };
  const { kind, groupId, number, size, isKept } = listed;
  const place = { group_id: groupId, number, of: size };
  return kind === 'candidates'
    ? { candidate: { ...place, is_kept: isKept }, joint: null }
    : { candidate: null, joint: place };
}
