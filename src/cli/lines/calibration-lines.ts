// `moose learning calibration` for people.

import type { Calibration } from '../../contract/contract.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { counted } from '../../domain/text/counted.ts';
import { table } from '../terminal/table.ts';

const widthMax = 140;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const usd = formatUsdNumber;

export function calibrationLines({ tries, brier, cost_ratio, chances, costs }: Calibration): string[] {
  if (tries === 0 || brier === null) return ['There are no results of choices with an estimate yet.'];
  return [
    `${counted(tries, 'try', 'tries')}. Mean squared error of the expected chances (Brier score): ${brier.toFixed(3)} (0.25 is the score of always guessing 50 %).`,
    ...(cost_ratio === null ? [] : [`Tries cost ${percent(cost_ratio)} of the expected cost.`]),
    '',
    ...table(
      ['EXPECTED CHANCE', 'TRIES', 'MEAN', 'CAME TRUE', '95 % INTERVAL'],
      chances.map((each) => [
        ...[`${percent(each.from)} to ${percent(each.to)}`, String(each.tries), percent(each.expected)],
        ...[percent(each.actual), `${percent(each.low)} to ${percent(each.high)}`],
      ]),
      widthMax,
    ),
    '',
    ...table(
      ['EXPECTED COST', 'TRIES', 'MEAN', 'COST', '95 % INTERVAL'],
      costs.map((each) => [
        ...[`${usd(each.from_usd)} to ${usd(each.to_usd)}`, String(each.tries), usd(each.expected_usd)],
        ...[usd(each.actual_usd), `${usd(each.low_usd)} to ${usd(each.high_usd)}`],
      ]),
      widthMax,
    ),
  ];
}
