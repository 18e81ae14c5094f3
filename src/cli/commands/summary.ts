import type { Command } from 'commander';
import type { PrintedDocument } from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { DailySummary } from '../../engine/notify/daily-summary.ts';
import { summaryFacts, summaryText, summaryTitle } from '../../engine/notify/summary-notice.ts';
import type { CliContext } from '../context.ts';
import { readMoose } from '../flags.ts';
import { paint } from '../printer.ts';

export function addSummary(program: Command, context: CliContext): void {
  program
    .command('summary')
    .description(
      'summarize a day: work done, money spent and wasted, recoveries, questions, what is still open',
    )
    .option('--day <day>', 'the day, as in 2026-01-31 (default: today)')
    .action(async ({ day }: { day?: string }, command: Command) =>
      readMoose(context, command, async ({ moose }, printer) => {
        const summary = await moose.summary(day);
        printer.print(documentOf(summary), () => linesOf(summary));
      }),
    );
}

function documentOf(summary: DailySummary): PrintedDocument<'summary'> {
  return {
    day: summary.day,
    time_zone: summary.timeZone,
    is_so_far: summary.isSoFar,
    submitted: summary.submitted,
    completed: summary.completed,
    failed: summary.failed,
    cancelled: summary.cancelled,
    completed_titles: summary.completedTitles,
    spent_usd: usdNumber(summary.spentNanoUsd),
    wasted_usd: usdNumber(summary.wastedNanoUsd),
    errors: summary.errors,
    recovered: summary.recovered,
    unrecovered: summary.unrecovered,
    escalated: summary.escalated,
    answered: summary.answered,
    open_escalations: summary.openEscalations,
    open_work_orders: summary.openWorkOrders,
    open_alerts: summary.openAlerts,
  };
}

function linesOf(summary: DailySummary): string[] {
  const facts = summaryFacts(summary);
  const width = Math.max(...facts.map(({ name }) => name.length));
  return [
    paint('bold', `${summaryTitle(summary)} (${summary.timeZone})`),
    ...facts.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`),
    ...summary.completedTitles.map((title) => `  ${paint('green', '✓')} ${title.replace(/\s+/g, ' ')}`),
    summaryText(summary),
  ];
}
