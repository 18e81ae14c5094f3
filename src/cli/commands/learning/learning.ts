import { type Command, Option } from 'commander';
import type { Learning, Outcome, Range } from '../../../contract/contract.ts';
import { showLearning } from '../../../contract/operations/learning.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { table } from '../../terminal/table.ts';
import { ranges } from '../system/trends.ts';
import { addExperiments } from './learning-experiments.ts';
import { addPatterns } from './learning-patterns.ts';

export function addLearning(program: Command, context: CliContext): void {
  const learning = program
    .command('learning')
    .description('show how models and agents performed, and which differences are significant')
    .addOption(new Option('--range <range>', 'how far back').choices(ranges).default('30d'))
    .action(async ({ range }: { range: Range }, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const learning = await ask(showLearning, { query: { range }, signal: context.signal });
        printer.print(learning, () => learningLines(learning));
      }),
    );
  addPatterns(learning, context);
  addExperiments(learning, context);
}

const widthMax = 140;
const failuresMax = 10;
const percent = (share: number) => `${Math.round(share * 100)} %`;

export function learningLines(learning: Learning): string[] {
  const { attempts, range, by_model, by_complexity, failures } = learning;
  if (attempts === 0) return [`No attempts ended in the last ${range}.`];
  return [
    ...table(
      ['MODEL', 'AGENT', 'COMPLEXITY', 'SUCCEEDED', '95 % INTERVAL', 'COST', 'CYCLES', 'TIME'],
      [...by_model, ...by_complexity].map(outcomeCells),
      widthMax,
    ),
    '',
    ...table(
      ['MODEL', 'FAILURE', 'TIMES', 'SHARE OF ATTEMPTS'],
      failures
        .slice(0, failuresMax)
        .map(({ model, failure_class, count, share }) => [
          ...[model, failure_class, String(count), percent(share)],
        ]),
      widthMax,
    ),
    '',
    'Where a model fails more often than the others: `moose learning patterns`.',
  ];
}

function outcomeCells(one: Outcome): string[] {
  return [
    ...[one.model, one.agent, one.subject, `${one.successes} of ${one.attempts} (${percent(one.rate)})`],
    `${percent(one.low)} to ${percent(one.high)}`,
    formatUsdNumber(one.mean_cost_usd),
    one.mean_cycles.toFixed(1),
    `${Math.round(one.mean_duration_ms / 1_000)} s`,
  ];
}
