import type { ReplayedLog, ReplayedTable } from '../../contract/contract.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { table } from '../terminal/table.ts';

const widthMax = 140;

const dollars = formatUsdNumber;
const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;

export function replayedTableLines(replayed: ReplayedTable): string[] {
  const { table: given, orders, value, tries, hindsight, policies } = replayed;
  const plan = hindsight['best-fixed-cascade'].join(' → ') || 'nothing: no arm is worth its cost';
  return [
    `${given.instances} tasks, ${given.arms.length} arms, ${orders} orders; a finished task is worth $${value}, at most ${tries} tries.`,
    `Best fixed cascade in hindsight: ${plan}`,
    '',
    ...table(
      [
        'POLICY',
        'VALUE PER TASK',
        '95 % INTERVAL',
        'SUCCEEDED',
        'COST',
        'TRIES',
        'OF THE BEST CASCADE',
        'AFTER WARM-UP',
      ],
      Object.entries(policies).map(([name, each]) => [
        ...[each.hindsight ? `${name} (hindsight)` : name, dollars(each.value_per_task.mean)],
        `${dollars(each.value_per_task.low)} to ${dollars(each.value_per_task.high)}`,
        ...[percent(each.success), dollars(each.dollars), each.tries_per_task.toFixed(2)],
        ...[percent(each.share_of_best_fixed_cascade.all), percent(each.share_of_best_fixed_cascade.after)],
      ]),
      widthMax,
    ),
  ];
}

export function replayedLogLines({ log, logged, policies }: ReplayedLog): string[] {
  const rows = Object.entries(policies).flatMap(([name, each]) =>
    (['ips', 'snips', 'dr'] as const)
      .filter((estimator) => each[estimator] !== undefined)
      .map((estimator) => {
        const found = each[estimator];
        return [
          ...[name, estimator, found ? dollars(found.mean) : '–'],
          found ? `${dollars(found.low)} to ${dollars(found.high)}` : '–',
          ...[each.effective_sample_size.toFixed(0), each.supported ? 'yes' : 'no: too few such decisions'],
        ];
      }),
  );
  return [
    `${log.work_orders} work orders, ${log.decisions} decisions; they brought ${dollars(logged.value_per_task)} per work order.`,
    ...missingLines(log.missing),
    '',
    ...table(
      ['PLAN', 'ESTIMATOR', 'VALUE PER TASK', '95 % INTERVAL', 'SAMPLE SIZE', 'SUPPORTED'],
      rows,
      widthMax,
    ),
  ];
}

/** Printed only for Moose's own log. */
function missingLines(missing: ReplayedLog['log']['missing']): string[] {
  if (missing === undefined) return [];
  const { without_outcome = 0, not_counted = 0, other_arm = 0 } = missing;
  return [
    `Left out: ${without_outcome} choices without an outcome yet, ${not_counted} whose outcome does not count, ${other_arm} where another model answered.`,
  ];
}
