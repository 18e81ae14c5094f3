// A change over several repositories, as a table for people. Pure.
import type { JointMemberView, JointView } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { table } from '../terminal/table.ts';

const widthMax = 160;

/** `shown`: the work order whose page this is. */
export function jointLines({ items, outcome, because, limit_usd }: JointView, shown: string): string[] {
  const limit = limit_usd === null ? '' : `, together at most ${formatUsdNumber(limit_usd)}`;
  return [
    ...table(
      ['', 'ID', 'PROJECT', 'STATUS', 'WAITS FOR', 'COST', 'PULL REQUEST'],
      items.map((one) => [
        `${one.number}${one.work_order_id === shown ? ' (this)' : ''}`,
        shortId(one.work_order_id),
        one.project,
        one.status,
        one.waits_for.length === 0 ? '–' : one.waits_for.join(', '),
        formatUsdNumber(one.cost_usd),
        pullRequestText(one),
      ]),
      widthMax,
    ),
    outcome === null
      ? `Nothing is published before all have passed${limit}.`
      : `${outcome}${limit}: ${because}.`,
  ];
}

function pullRequestText({ pull_request, is_merged }: JointMemberView): string {
  if (pull_request === null) return '–';
  return is_merged ? `${pull_request} (merged)` : pull_request;
}
