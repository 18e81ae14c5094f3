// The sub-tasks of a work order, and the work order that a sub-task belongs to, for people. Pure.
import type { ParentView, SubtaskView } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { table } from '../terminal/table.ts';

const widthMax = 160;

export function subtaskLines(subtasks: readonly SubtaskView[]): string[] {
  if (subtasks.length === 0) return [];
  return table(
    ['ID', 'STATUS', 'COST', 'LIMIT', 'TITLE', 'PULL REQUEST'],
    subtasks.map((one) => [
      shortId(one.work_order_id),
      one.waits_for_approval
        ? `waits for you: \`moose approve ${shortId(one.work_order_id)}\``
        : one.status.replace('_', ' '),
      formatUsdNumber(one.cost_usd),
      one.limit_usd === null ? '–' : formatUsdNumber(one.limit_usd),
      one.title,
      one.pull_request ?? '–',
    ]),
    widthMax,
  );
}

/** Null for a work order that no agent has asked for. */
export function parentText(parent: ParentView | null): string | null {
  return parent === null ? null : `the agent of ${shortId(parent.work_order_id)}, ${parent.title}`;
}
