import type { Command } from 'commander';
import type { Summary } from '../../../contract/contract.ts';
import { summarizeDay } from '../../../contract/operations/monitoring.ts';
import {
  completedLines,
  summaryFacts,
  summaryText,
  summaryTitle,
} from '../../../engine/background/notify/summary-notice.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';

export function addSummary(program: Command, context: CliContext): void {
  program
    .command('summary')
    .description(
      'summarize a day: work done, money spent and wasted, recoveries, questions, what is still open',
    )
    .option('--day <day>', 'the day, as in 2026-01-31 (default: today)')
    .action(async ({ day }: { day?: string }, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const summary = await ask(summarizeDay, { query: { day } });
        printer.print(summary, () => linesOf(summary));
      }),
    );
}

function linesOf(summary: Summary): string[] {
  const facts = summaryFacts(summary);
  const width = Math.max(...facts.map(({ name }) => name.length));
  return [
    paint('bold', `${summaryTitle(summary)} (${summary.time_zone})`),
    ...facts.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`),
    ...completedLines(summary, paint('green', '✓')).map((line) => `  ${line}`),
    summaryText(summary),
  ];
}
