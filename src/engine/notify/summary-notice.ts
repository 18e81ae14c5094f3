// Renders a day's summary for channels and the terminal. Pure.
import { formatUsd } from '../../domain/money.ts';
import type { DailySummary } from '../../store/figures/daily-summary.ts';
import type { Notice } from '../ports/notifier.ts';

const words = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export function summaryTitle({ day, isSoFar, completed }: DailySummary): string {
  return `${day}${isSoFar ? ' so far' : ''}: ${words(completed, 'work order')} done`;
}

/** One sentence, for people who read no further. */
export function summaryText(summary: DailySummary): string {
  const { openEscalations, openAlerts, submitted, errors, completed } = summary;
  const waits = [
    ...(openEscalations > 0 ? [words(openEscalations, 'question')] : []),
    ...(openAlerts > 0 ? [words(openAlerts, 'alert')] : []),
  ];
  if (waits.length > 0)
    return `Waiting for you: ${waits.join(' and ')}. See \`moose escalations\` and \`moose alerts\`.`;
  return submitted + errors + completed === 0
    ? 'A quiet day. Nothing waits for you.'
    : 'Nothing waits for you.';
}

export function summaryFacts(summary: DailySummary): Array<{ name: string; value: string }> {
  const { submitted, failed, cancelled, completed, spentNanoUsd, wastedNanoUsd, errors } = summary;
  const { recovered, unrecovered, escalated, answered, openWorkOrders, openEscalations, openAlerts } =
    summary;
  return [
    { name: 'Done', value: `${completed} completed, ${failed} failed, ${cancelled} cancelled` },
    { name: 'New', value: words(submitted, 'work order') },
    { name: 'Spent', value: formatUsd(spentNanoUsd) },
    { name: 'Wasted', value: `${formatUsd(wastedNanoUsd)} on runs that failed` },
    { name: 'Failures', value: `${errors}: ${recovered} recovered, ${unrecovered} not` },
    { name: 'Questions', value: `${escalated} asked, ${answered} answered` },
    {
      name: 'Still open',
      value: [
        words(openWorkOrders, 'work order'),
        words(openEscalations, 'question'),
        words(openAlerts, 'alert'),
      ].join(', '),
    },
  ];
}

export function summaryNotice(summary: DailySummary): Notice {
  const titles = summary.completedTitles.map((title) => `• ${title.replace(/\s+/g, ' ')}`);
  const more = summary.completed - titles.length;
  return {
    title: summaryTitle(summary),
    text: [summaryText(summary), ...titles, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'),
    severity: summary.openEscalations + summary.openAlerts > 0 ? 'medium' : 'low',
    facts: summaryFacts(summary),
  };
}
