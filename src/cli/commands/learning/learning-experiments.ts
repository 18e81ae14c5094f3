// `moose learning compare`: two policies on a project's work orders, until it is clear which is better.

import type { Command } from 'commander';
import type { Experiment } from '../../../contract/contract.ts';
import { listExperiments, startExperiment, stopExperiment } from '../../../contract/operations/learning.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsdNumber, usdNumber } from '../../../domain/money.ts';
import type { CliContext } from '../../context.ts';
import { readMoose, withMoose } from '../../input/flags.ts';
import { parseLimit } from '../../input/parse-limit.ts';
import { confirmByPerson } from '../../terminal/confirm.ts';
import { paint } from '../../terminal/printer.ts';

const usd = formatUsdNumber;

export function addExperiments(learning: Command, context: CliContext): void {
  learning
    .command('compare')
    .argument('<project>', 'the project whose work orders they share')
    .argument('<a>', 'static, learned, or fixed:MODEL>MODEL')
    .argument('<b>', 'the other policy')
    .description('give half of the work orders to each of two policies, until it is clear which is better')
    .requiredOption('--cap <dollars>', 'assign no more work orders once the experiment has cost this much')
    .action(async (project: string, a: string, b: string, { cap }: { cap: string }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const wish = { project, a, b, cap_usd: usdNumber(parseLimit(cap)) };
        const what = `Letting an experiment choose models and agents of ${project}`;
        await confirmByPerson(what, context.signal);
        const made = await ask(startExperiment, { body: wish });
        printer.print(made, () => [
          `Half of the work orders of ${made.project} go to ${made.a}, half to ${made.b}, until it is clear which is better.`,
          `To see the results so far: \`moose learning experiments\`. To stop it: \`moose learning end ${shortId(made.id)}\``,
        ]);
      }),
    );
  learning
    .command('experiments')
    .description('show which policies were compared, with the results')
    .action(async (_: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const { items } = await ask(listExperiments, { signal: context.signal });
        printer.print({ items }, () =>
          items.length === 0 ? ['No policies have been compared yet.'] : items.flatMap(experimentLines),
        );
      }),
    );
  learning
    .command('end')
    .argument('<experiment>', 'its ID, from `moose learning experiments`')
    .description('stop comparing two policies')
    .action(async (id: string, _: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const stopped = await ask(stopExperiment, { params: { id } });
        printer.print(stopped, () => [stopped.verdict]);
      }),
    );
}

function experimentLines(one: Experiment): string[] {
  const { assigned, pending, not_counted: left, left_to_static: other } = one;
  return [
    paint('bold', `${shortId(one.id)} ${one.project}: ${one.a} against ${one.b}, ${one.state}`),
    `  ${one.verdict}`,
    `  ${assigned} work orders assigned, ${pending} not finished, ${left} without a verified outcome, ${other} left to the static rule; ${usd(one.spent_usd)} of ${usd(one.cap_usd)} spent.`,
  ];
}
