// The sub-tasks of a work order, and its parent, for the page of each of them.
import type * as wire from '../../../contract/contract.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { Query } from '../../../store/database.ts';
import { type Subtask, subtasksOf } from '../../../store/work/work-orders/subtasks.ts';
import { findWorkOrderSummary, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

export async function subtaskViews(
  query: Query,
  { id, parentId }: Pick<WorkOrder, 'id' | 'parentId'>,
): Promise<Pick<wire.WorkOrderDetail, 'parent' | 'subtasks'>> {
  const parent = parentId === null ? undefined : await findWorkOrderSummary(query, parentId);
  return {
    parent: parent ? { work_order_id: parent.id, title: parent.title, status: parent.status } : null,
    subtasks: (await subtasksOf(query, id)).map(subtaskView),
  };
}

function subtaskView({ id, title, status, ...row }: Subtask): wire.SubtaskView {
  return {
    work_order_id: id,
    title,
    status,
    waits_for_approval: row.isUnapproved,
    limit_usd: row.limitNanoUsd === null ? null : usdNumber(row.limitNanoUsd),
    cost_usd: usdNumber(row.costNanoUsd),
    pull_request: row.pullRequestUrl,
  };
}
