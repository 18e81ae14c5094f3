// Formats the run of a spec for a person. Pure except for colours.
import type { PlannedWorkOrder, SpecRun, UsdRange } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { paint } from '../terminal/printer.ts';
import { table } from '../terminal/table.ts';

const widthMax = 140;

const colourOf = {
  approved: 'gray',
  running: 'cyan',
  paused: 'yellow',
  done: 'green',
  cancelled: 'gray',
} as const;

/** Lists the work orders in the order in which they can run, with their outcomes. */
export function specRunLines({
  state,
  version,
  approved_by,
  changed_by,
  work_orders,
  summary,
}: SpecRun): string[] {
  const by = state === 'paused' || state === 'cancelled' ? ` by ${changed_by}` : '';
  const stopped = work_orders.filter(
    ({ status, waits_for }) =>
      status === 'failed' || status === 'needs_review' || (status === 'pending' && waits_for.length > 0),
  );
  return [
    `${paint(colourOf[state], state)}${by}: version ${version} of the plan, approved by ${approved_by}`,
    '',
    ...table(
      ['LAYER', 'ID', 'KEY', 'STATE', 'WAITS FOR', 'COST', 'ESTIMATE', 'PULL REQUEST'],
      work_orders.map(rowOf),
      widthMax,
    ),
    ...(stopped.length === 0 ? [] : ['']),
    ...stopped.map((order) => `${order.key}: ${order.explain}${heldText(order)}`),
    '',
    summary.text,
  ];
}

/** Pending work orders are left out, because their own line says what they wait for. */
function heldText({ status, holds_back }: PlannedWorkOrder): string {
  return status === 'pending' || holds_back.length === 0 ? '' : ` It blocks ${holds_back.join(', ')}.`;
}

function rowOf(order: PlannedWorkOrder): string[] {
  return [
    ...[String(order.layer), shortId(order.id), order.key, stateOf(order), order.waits_for.join(', ')],
    ...[formatUsdNumber(order.cost_usd), rangeText(order.estimate_usd), order.pull_request ?? ''],
  ];
}

function stateOf(order: PlannedWorkOrder): string {
  const { stage, status, step, is_started, is_paused, is_reverted, waits_for } = order;
  if (is_paused) return 'paused';
  if (status === 'in_progress') return step ?? status;
  if (status === 'completed') return is_reverted ? 'reverted' : stage.replaceAll('_', ' ');
  if (status !== 'pending') return status;
  return waits_for.length > 0 ? 'waiting' : is_started ? 'queued' : 'ready';
}

function rangeText(range: UsdRange | null): string {
  if (range === null) return '';
  const [low, high] = [formatUsdNumber(range.low), formatUsdNumber(range.high)];
  return low === high ? high : `${low} to ${high}`;
}
