// The candidates for one piece of work, as a table for people. Pure except for colours.
import type { CandidatesView, CandidateView } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { table } from '../terminal/table.ts';

const widthMax = 160;

/** `shown`: the work order whose page this is. */
export function candidateLines(
  { items, outcome, because, limit_usd }: CandidatesView,
  shown: string,
): string[] {
  const limit = limit_usd === null ? '' : ` Together they may cost at most ${formatUsdNumber(limit_usd)}.`;
  return [
    ...table(
      ['', 'ID', 'STATUS', 'CHECKS', 'FINDINGS', 'CYCLES', 'LINES', 'COST', 'MODEL'],
      items.map((one) => [
        `${one.number}${one.work_order_id === shown ? ' (this)' : ''}${one.is_kept === true ? ' kept' : ''}`,
        shortId(one.work_order_id),
        one.status,
        checksText(one),
        one.warnings === null ? '–' : String(one.warnings),
        String(one.refinement_cycles),
        one.changed_lines === null ? '–' : String(one.changed_lines),
        formatUsdNumber(one.cost_usd),
        one.model ?? one.agent ?? '–',
      ]),
      widthMax,
    ),
    `${outcome === null ? 'Not decided yet' : because}.${limit}`,
  ];
}

function checksText({ result, is_verified }: CandidateView): string {
  if (result === 'failed') return 'failed';
  if (result === null) return '–';
  return is_verified === true ? 'green' : 'not judged';
}
