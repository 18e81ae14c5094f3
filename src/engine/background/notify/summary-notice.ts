// Renders a day's summary for channels and the terminal. Pure.
import type { Summary } from '../../../contract/contract.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import type { Notice } from '../../ports/notifier.ts';

const words = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export function summaryTitle({ day, is_so_far, completed }: Summary): string {
  return `${day}${is_so_far ? ' so far' : ''}: ${words(completed, 'work order')} done`;
}

/** One sentence, for people who read no further. */
export function summaryText(summary: Summary): string {
  const { open_escalations, open_alerts, submitted, errors, completed } = summary;
  const waits = [
    ...(open_escalations > 0 ? [words(open_escalations, 'question')] : []),
    ...(open_alerts > 0 ? [words(open_alerts, 'alert')] : []),
  ];
  if (waits.length > 0)
    return `Waiting for you: ${waits.join(' and ')}. See \`moose escalations\` and \`moose alerts\`.`;
  return submitted + errors + completed === 0
    ? 'A quiet day. Nothing waits for you.'
    : 'Nothing waits for you.';
}

export function summaryFacts(summary: Summary): Array<{ name: string; value: string }> {
  const { submitted, failed, cancelled, completed, spent_usd, wasted_usd, errors } = summary;
  const { recovered, unrecovered, escalated, answered, open_work_orders, open_escalations, open_alerts } =
    summary;
  return [
    { name: 'Done', value: `${completed} completed, ${failed} failed, ${cancelled} cancelled` },
    { name: 'New', value: words(submitted, 'work order') },
    { name: 'Spent', value: formatUsdNumber(spent_usd) },
    { name: 'Wasted', value: `${formatUsdNumber(wasted_usd)} on runs that failed` },
    { name: 'Failures', value: `${errors}: ${recovered} recovered, ${unrecovered} not` },
    { name: 'Questions', value: `${escalated} asked, ${answered} answered` },
    {
      name: 'Still open',
      value: [
        words(open_work_orders, 'work order'),
        words(open_escalations, 'question'),
        words(open_alerts, 'alert'),
      ].join(', '),
    },
  ];
}

export function summaryNotice(summary: Summary): Notice {
  const titles = summary.completed_titles.map((title) => `• ${title.replace(/\s+/g, ' ')}`);
  const more = summary.completed - titles.length;
  return {
    title: summaryTitle(summary),
    text: [summaryText(summary), ...titles, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'),
    severity: summary.open_escalations + summary.open_alerts > 0 ? 'medium' : 'low',
    facts: summaryFacts(summary),
  };
}
