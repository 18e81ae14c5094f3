// `moose learning policy` for people.
import type { LearnedPolicy } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { table } from '../terminal/table.ts';

const widthMax = 140;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const usd = formatUsdNumber;

export function policyLines(policy: LearnedPolicy): string[] {
  const { projects, decisions } = policy;
  if (projects.length === 0) return ['Nothing was learned yet.'];
  return [
    ...projects.flatMap(({ project, mode, missing, seen, arms }) => [
      `${project}: ${mode}${missing > 0 ? `; ${missing} more work orders needed before it can choose` : `; ${seen} work orders seen`}`,
      ...table(
        ['ARM', 'TRIES', 'CHANCE', '95 % INTERVAL', 'COST', 'WORTH'],
        arms.map((each) => [
          ...[each.arm, String(each.trials), percent(each.chance)],
          `${percent(each.low)} to ${percent(each.high)}`,
          ...[usd(each.cost_usd), usd(each.worth_usd)],
        ]),
        widthMax,
      ),
      '',
    ]),
    ...valueLines(policy),
    '',
    ...table(
      ['WORK ORDER', 'TRY', 'OUTCOME', 'WHY'],
      decisions.map(({ work_order_id, try: number, outcome, because }) => [
        ...[shortId(work_order_id), String(number), outcome, because],
      ]),
      widthMax,
    ),
  ];
}

function valueLines({ log, static: byStatic, best_arm: best, comparison }: LearnedPolicy): string[] {
  const { missing, work_orders, value_per_work_order: value } = log;
  const left = missing.without_outcome + missing.not_counted + missing.other_arm;
  const other = byStatic.value_per_work_order;
  return [
    value === null
      ? 'There are no results of choices yet.'
      : `${work_orders} work orders with an outcome, worth ${usd(value)} each; ${left} choices left out.`,
    ...(value === null
      ? []
      : [
          byStatic.supported && other
            ? `The static rule would have gained an estimated ${usd(other.mean)} each (${usd(other.low)} to ${usd(other.high)}).`
            : 'No estimate for the static rule yet: too few choices agree with it.',
        ]),
    ...(best ? [`Best single arm: ${best.arm}; regret so far ${usd(best.regret_usd)}.`] : []),
    comparison.low_usd === null || comparison.high_usd === null
      ? `Learned against static: ${comparison.work_orders} work orders, too few to compare.`
      : `Learned against static: ${usd(comparison.difference_usd)} per work order (${usd(comparison.low_usd)} to ${usd(comparison.high_usd)}, valid at any time); ${comparison.is_decided ? 'decided' : 'not decided yet'}.`,
  ];
}
