import type { Command } from 'commander';
import type { Targets } from '../../../contract/contract.ts';
import { showTargets } from '../../../contract/operations/monitoring.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';

export function addTargets(program: Command, context: CliContext): void {
  program
    .command('targets')
    .description(
      'show how recovery meets its targets: rate, time and cost per failure class, what is left of the error budgets, and how good error messages are',
    )
    .action(async (_options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const targets = await ask(showTargets, { signal: context.signal });
        printer.print(targets, () => targetLines(targets));
      }),
    );
}

const percent = (share: number | null) => (share === null ? '–' : `${Math.round(share * 1_000) / 10} %`);
const seconds = (ms: number | null) => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);

export function targetLines({ days, recovery_ms_goal: goalMs, classes, messages }: Targets): string[] {
  return [
    paint('bold', `Recovery without a person, in the last ${days} days`),
    ...(classes.length === 0 ? ['No failure was resolved.'] : classes.flatMap(classLines)),
    `The goal for the 95th percentile of the time to recovery is ${Math.round(goalMs / 60_000)} min.`,
    '',
    paint('bold', `Messages of the newest errors, in the last ${messages.days} days`),
    messages.errors === 0
      ? 'There was no error.'
      : `${percent(messages.share)} of ${messages.errors} errors name cause, evidence and advice; the target is ${percent(messages.objective)}.`,
    ...messages.lacking.map(({ code, errors, lacks }) => `  ${code} (${errors}): lacks ${lacks.join(', ')}`),
  ];
}

/** Nobody has less than nothing left: below zero it is overdrawn. */
function budgetText(left: number): string {
  if (left >= 0) return `${percent(left)} of the error budget is left`;
  return `the error budget is used up ${(1 - left).toFixed(1)} times`;
}

function classLines(one: Targets['classes'][number]): string[] {
  const { failure_class: name, recovered, unrecovered, rate, objective, budget_left: left, burn } = one;
  const target = objective === null ? 'no target' : `target ${percent(objective)}`;
  const budget = left === null ? '' : `, ${budgetText(left)}`;
  const line = `${name}: ${recovered} of ${recovered + unrecovered} recovered (${percent(rate)}, ${target})${budget}`;
  const cost = one.cost_usd === null ? '' : `, costs ${formatUsdNumber(one.cost_usd)} each`;
  const times = `  takes ${seconds(one.p50_ms)} (median), ${seconds(one.p95_ms)} (95th percentile)${cost}`;
  const burning = `  The budget burns ${burn === 'fast' ? 'fast: 5 % of it in six hours' : 'slowly: 10 % of it in three days'}.`;
  return [line, times, ...(burn === 'none' ? [] : [paint('yellow', burning)])];
}
