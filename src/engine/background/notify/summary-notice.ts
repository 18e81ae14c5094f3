// Renders a day's summary for channels and the terminal. Pure.
import type { Summary } from '../../../contract/contract.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import { counted } from '../../../domain/text/counted.ts';
import type { Notice } from '../../ports/notifier.ts';

export function summaryTitle({ day, is_so_far, completed }: Summary): string {
  return `${day}${is_so_far ? ' so far' : ''}: ${counted(completed, 'work order')} done`;
}

/** One sentence, for people who read no further. */
export function summaryText(summary: Summary): string {
  const { open_escalations, open_alerts, ready_to_merge, submitted, errors, completed } = summary;
  const waits = [
    ...(open_escalations > 0 ? [counted(open_escalations, 'question')] : []),
    ...(open_alerts > 0 ? [counted(open_alerts, 'alert')] : []),
    ...(ready_to_merge > 0 ? [counted(ready_to_merge, 'change')] : []),
  ];
  if (waits.length > 0) return `Waiting for you: ${waits.join(' and ')}. See ${listedBy(summary)}.`;
  return submitted + errors + completed === 0
    ? 'A quiet day. Nothing waits for you.'
    : 'Nothing waits for you.';
}

function listedBy({ open_escalations, open_alerts, ready_to_merge }: Summary): string {
  return [
    ...(open_escalations > 0 ? ['`moose escalations`'] : []),
    ...(open_alerts > 0 ? ['`moose alerts`'] : []),
    ...(ready_to_merge > 0 ? ['`moose ls --needs-you`'] : []),
  ].join(' and ');
}

export function summaryFacts(summary: Summary): Array<{ name: string; value: string }> {
  const { submitted, failed, cancelled, completed, spent_usd, wasted_usd, errors } = summary;
  const { recovered, unrecovered, escalated, answered, open_work_orders, open_escalations, open_alerts } =
    summary;
  return [
    { name: 'Done', value: `${completed} completed, ${failed} failed, ${cancelled} cancelled` },
    { name: 'Ready to merge', value: counted(summary.ready_to_merge, 'change') },
    { name: 'New', value: counted(submitted, 'work order') },
    { name: 'Spent', value: formatUsdNumber(spent_usd) },
    { name: 'Wasted', value: `${formatUsdNumber(wasted_usd)} on runs that failed` },
    { name: 'Failures', value: `${errors}: ${recovered} recovered, ${unrecovered} not` },
    { name: 'Questions', value: `${escalated} asked, ${answered} answered` },
    {
      name: 'Still open',
      value: [
        counted(open_work_orders, 'work order'),
        counted(open_escalations, 'question'),
        counted(open_alerts, 'alert'),
      ].join(', '),
    },
  ];
}

/** The newest ones, and how many there are besides. */
export function completedLines({ completed, completed_titles: titles }: Summary, mark: string): string[] {
  const more = completed - titles.length;
  return [
    ...titles.map((title) => `${mark} ${title.replace(/\s+/g, ' ')}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

export function summaryNotice(summary: Summary): Notice {
  return {
    title: summaryTitle(summary),
    text: [summaryText(summary), ...completedLines(summary, '•')].join('\n'),
    severity: summary.open_escalations + summary.open_alerts > 0 ? 'medium' : 'low',
    facts: summaryFacts(summary),
  };
}
