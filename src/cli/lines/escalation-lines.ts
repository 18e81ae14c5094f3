// Formats a question for a person: what happened, the evidence, and the options with the command to type.

import { stripVTControlCharacters } from 'node:util';
import type { EscalationCard, EscalationMeasures, OptionCard } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { withoutCodeMarks } from '../../domain/text/code-marks.ts';
import { counted } from '../../domain/text/counted.ts';
import { spokenDuration } from '../../domain/text/duration.ts';
import { asCause, asSentence } from '../../domain/text/sentence.ts';
import { asCalled } from '../terminal/as-called.ts';
import { paint } from '../terminal/printer.ts';
import { cut, table } from '../terminal/table.ts';

const severityColour = { low: 'gray', medium: 'yellow', high: 'yellow', critical: 'red' } as const;
const riskColour = { low: 'green', medium: 'yellow', high: 'red' } as const;
const evidenceLinesMax = 6;
const saidLinesMax = 20;
const indent = '  ';

/** Without `widthMax`, nothing is cut: somebody asked for this question. */
export function cardLines(view: EscalationCard, now: Date, widthMax = Number.POSITIVE_INFINITY): string[] {
  const inner = widthMax - indent.length;
  return [
    `${paint('bold', shortId(view.id))}  ${statusOf(view, now)}`,
    ...[
      paint('bold', cut(asSentence(withoutCodeMarks(asCalled(view.title))), inner)),
      ...aboutLines(view, inner),
      ...ownerLines(view),
      ...evidenceLines(view, inner),
      '',
      ...(view.status === 'open' ? openLines(view, now, inner) : answeredLines(view)),
    ].map((line) => (line === '' ? '' : indent + line)),
  ];
}

function statusOf({ status, severity, created_at, reminders }: EscalationCard, now: Date): string {
  const since = spokenDuration(now.getTime() - Date.parse(created_at));
  switch (status) {
    case 'open': {
      const reminded = reminders === 0 ? '' : ` · reminded ${counted(reminders, 'time')}`;
      return `${paint(severityColour[severity], '● waiting for you')} · ${since}${reminded}`;
    }
    case 'chosen':
      return `${paint('cyan', '◐ being carried out')} · asked ${since} ago`;
    case 'resolved':
      return `${paint('green', '✓ answered')} · asked ${since} ago`;
    default:
      return `${paint('gray', '○ withdrawn')} · asked ${since} ago`;
  }
}

function aboutLines(
  { work_order, waiting, context, failure_class, code }: EscalationCard,
  widthMax: number,
): string[] {
  const step = typeof context.step === 'string' ? ` at ${context.step}` : '';
  const named = code === null ? failure_class : `${failure_class} · ${code}`;
  const about = work_order
    ? `work order ${shortId(work_order.id)} “${work_order.title}” of ${work_order.project}${step}`
    : waitingText(waiting);
  const because = typeof context.because === 'string' ? `because ${asCause(context.because)}` : '';
  return [
    ...(about === '' ? [] : [cut(`${about} · ${named}`, widthMax)]),
    ...(because === '' ? [] : [paint('gray', cut(because, widthMax))]),
    ...placeLines(context),
    ...alsoLines(context, widthMax),
  ];
}

const ownedBecause = {
  requester: 'who asked for the work',
  project: 'who owns the project',
  on_call: 'who is on call',
  handed_on: 'who was assigned to it',
} as const;

function ownerLines({ owner, owners, status }: EscalationCard): string[] {
  if (owner === null || status !== 'open') return [];
  const because = owners.at(-1)?.because;
  return [paint('gray', `for ${owner}${because ? `, ${ownedBecause[because]}` : ''}`)];
}

function waitingText(waiting: EscalationCard['waiting']): string {
  const all = waiting.reduce((sum, each) => sum + each.waiting, 0);
  const joined = waiting.reduce((sum, each) => sum + each.joined, 0);
  const per = waiting.map((each) => `${each.waiting} of ${each.project}`).join(', ');
  return `${all} of ${joined} work orders are waiting for it${waiting.length > 1 ? ` (${per})` : ''}`;
}

/** Where a person can look at the change and fix it; never cut, so that it can be copied. */
function placeLines(context: EscalationCard['context']): string[] {
  const { branch, worktreePath } = recordOf(context.change);
  if (typeof branch !== 'string') return [];
  return [paint('gray', `on ${branch}${typeof worktreePath === 'string' ? ` in ${worktreePath}` : ''}`)];
}

function alsoLines({ also }: EscalationCard['context'], widthMax: number): string[] {
  if (!Array.isArray(also)) return [];
  return also.map((each: { message?: unknown }) =>
    paint('yellow', cut(`and: ${String(each.message ?? '')}`, widthMax)),
  );
}

/** What the agent said last; otherwise the last lines that the failed program printed. */
function evidenceLines({ context, status }: EscalationCard, widthMax: number): string[] {
  if (status !== 'open') return [];
  const evidence = recordOf(context.evidence);
  const quote = (line: string) => paint('gray', `│ ${line}`);
  const { said: words } = evidence;
  if (typeof words === 'string' && words.trim() !== '')
    return wrapped(stripVTControlCharacters(words), widthMax - 2)
      .slice(-saidLinesMax)
      .map(quote);
  const places = [recordOf(evidence.process), evidence];
  const said = places
    .flatMap((place) => ['stdoutTail', 'outputTail', 'stderrTail'].map((name) => place[name]))
    .find((text): text is string => typeof text === 'string' && text.trim() !== '');
  if (said === undefined) return [];
  const lines = stripVTControlCharacters(said).trimEnd().split(/\r?\n/);
  return lines.slice(-evidenceLinesMax).map((line) => quote(cut(line.replaceAll('\t', '  '), widthMax - 2)));
}

function brokenBetweenWords(line: string, widthMax: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= widthMax) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Breaks lines between words; a longer word is cut. */
function wrapped(text: string, widthMax: number): string[] {
  return text
    .trim()
    .split(/\r?\n/)
    .flatMap((line) => brokenBetweenWords(line, widthMax))
    .filter((line) => line !== '')
    .map((line) => cut(line, widthMax));
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function openLines(view: EscalationCard, now: Date, widthMax: number): string[] {
  const recommended = view.options.find(({ is_recommended }) => is_recommended);
  return [
    ...table(
      ['', 'OPTION', 'COST', 'RISK', 'CHANCE', ''],
      view.options.map((option) => [
        option.is_recommended ? paint('green', '→') : ' ',
        option.is_recommended ? paint('bold', option.id) : option.id,
        costOf(option),
        paint(riskColour[option.risk], option.risk),
        chanceOf(option),
        option.label,
      ]),
      widthMax,
    ),
    ...basisLines(view.options, widthMax),
    '',
    ...(recommended ? [`${paint('green', '→')} ${paint('bold', `\`${recommended.command}\``)}`] : []),
    ...defaultLines(view, now),
  ];
}

function costOf({ cost_usd }: OptionCard): string {
  if (cost_usd === null) return '?';
  if (cost_usd === 0) return '$0';
  return cost_usd < 0.01 ? '<$0.01' : `$${cost_usd.toFixed(2)}`;
}

function chanceOf({ kind, chance, chance_of }: OptionCard): string {
  if (kind === 'undo' || kind === 'cancel' || kind === 'wait' || kind === 'accept') return '–';
  if (chance === null) return paint('gray', 'no history');
  return `${Math.round(chance * 100)} % (${counted(chance_of, 'case')})`;
}

function basisLines(options: readonly OptionCard[], widthMax: number): string[] {
  const bases = [
    ...new Set(options.flatMap(({ chance_basis }) => (chance_basis === null ? [] : [chance_basis]))),
  ];
  if (bases.length === 0) return [];
  return [`   ${paint('gray', cut(`chance from: ${bases.join('; ')}`, widthMax - 3))}`];
}

function defaultLines({ default_option, default_at }: EscalationCard, now: Date): string[] {
  if (default_option === null || default_at === null) return [];
  const left = Date.parse(default_at) - now.getTime();
  return [
    paint(
      'gray',
      `  ${default_option} is chosen automatically ${left <= 0 ? 'now' : `in ${spokenDuration(left)}`}`,
    ),
  ];
}

function answeredLines({
  status,
  chosen_option,
  resolved_by,
  note,
  resolution,
  options,
}: EscalationCard): string[] {
  const label = options.find(({ id }) => id === chosen_option)?.label;
  const because = typeof resolution?.because === 'string' ? asSentence(resolution.because) : '';
  if (status === 'withdrawn') return [`No answer needed: ${because || 'its cause is gone.'}`];
  return [
    `${resolved_by ?? 'Moose'} chose ${chosen_option}${label ? `: ${asSentence(label)}` : '.'}${because ? ` ${because}` : ''}`,
    ...(note ? [`“${note}”`] : []),
  ];
}

export function measuresLine(measures: EscalationMeasures): string {
  const { open_backlog, escalation_rate, work_orders, days, goals } = measures;
  const share = (value: number) => `${(value * 100).toFixed(1)} %`;
  const parts = [
    `${open_backlog} open`,
    escalation_rate.value === null
      ? ''
      : `asked about ${share(escalation_rate.value)} of ${work_orders} work orders (goal under ${share(escalation_rate.goal)})`,
    timed('answered in', measures.mean_time_to_resolve_ms),
    timed('noticed in', measures.mean_time_to_detection_ms),
    timed('delivered in', { value: measures.mean_delivery_ms, goal: goals.mean_delivery_ms }),
    measures.answered_by_itself > 0 ? `${measures.answered_by_itself} answered automatically` : '',
  ];
  return paint('gray', `${parts.filter(Boolean).join(' · ')} · over ${days} days`);
}

function timed(what: string, { value, goal }: EscalationMeasures['mean_time_to_resolve_ms']): string {
  if (value === null) return '';
  return `${what} ${spokenDuration(value)} (goal ${spokenDuration(goal)})`;
}
