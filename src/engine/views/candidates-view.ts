// All candidates for the same work, for the page of each of them.
import type * as wire from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Query } from '../../store/database.ts';
import {
  groupById,
  type ListedCandidate,
  type ShownCandidate,
  shownCandidates,
} from '../../store/work/candidates.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';

/** Null if the work order is no candidate. */
export async function candidatesView(
  query: Query,
  { settings: { candidate } }: Pick<WorkOrder, 'settings'>,
): Promise<wire.CandidatesView | null> {
  if (candidate === undefined) return null;
  const { outcome, because, kept, limitNanoUsd } = await groupById(query, candidate.group);
  const rows = await shownCandidates(query, candidate.group);
  return {
    outcome,
    because,
    limit_usd: limitNanoUsd === null ? null : usdNumber(limitNanoUsd),
    items: rows.map((row) => ({
      ...viewOf(row),
      is_kept: outcome === null ? null : row.workOrderId === kept,
    })),
  };
}

function viewOf(row: ShownCandidate): Omit<wire.CandidateView, 'is_kept'> {
  const { number, status, step, result, facts, agent, model } = row;
  return {
    work_order_id: row.workOrderId,
    number,
    status,
    step,
    result,
    agent,
    model,
    is_verified: facts?.is_verified ?? null,
    warnings: facts?.warnings ?? null,
    refinement_cycles: row.refinementCycles,
    changed_lines: facts?.changed_lines ?? null,
    cost_usd: usdNumber(row.costNanoUsd),
    failure: row.failure?.message ?? null,
  };
}

export function placeView(listed: ListedCandidate | undefined): wire.WorkOrder['candidate'] {
  if (listed === undefined) return null;
  const { groupId, number, size, outcome, isKept } = listed;
  return { group_id: groupId, number, of: size, is_kept: outcome === null ? null : isKept };
}
