// A post-mortem as Markdown. Whatever people, models and programs wrote is inside code spans, where nothing
// is a heading, a link, HTML or a mention (R-SEC-2). Pure.
import { withoutForgeActs } from '../../../domain/forge/forge-text.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import { counted } from '../../../domain/text/counted.ts';
import { spokenDuration } from '../../../domain/text/duration.ts';
import { visibleLine } from '../../../domain/text/visible-text.ts';
import type { Account } from './account.ts';

export function postmortemMarkdown(account: Account): string {
  const { work_order_id, title, project, cost } = account;
  return `${[
    `# Post-mortem of ${shortId(work_order_id)}`,
    `${code(title)} in ${code(project)}: ${account.end.replace('_', ' ')}, from ${account.submitted_at} to ${account.ended_at}.`,
    `${ownWords(account.summary)}`,
    '## First cause',
    firstCause(account),
    '## What would have prevented it',
    list(
      account.prevention.map(({ what, because }) => `${ownWords(what)} ${ownWords(because)}`),
      'The record does not say.',
    ),
    '## What it cost',
    `${formatUsdNumber(cost.total_usd)}, of which ${formatUsdNumber(cost.wasted_usd)} came to nothing: ${counted(cost.model_calls, 'model call')}, ${counted(cost.agent_runs, 'run of an agent', 'runs of agents')}, ${counted(cost.refinement_cycles, 'refinement cycle')}, ${spokenDuration(cost.elapsed_ms)}.`,
    '## What was tried',
    list(account.tried.map(triedLine), 'Nothing.'),
    '## Failures',
    ...leftOut(account.left_out.failures),
    list(account.failures.map(failureLines), 'None is recorded.'),
    '## Left behind',
    list(
      account.left_behind.map(({ kind, what }) => `${kind}: ${code(what)}`),
      'Nothing.',
    ),
    '## Timeline',
    ...leftOut(account.left_out.timeline),
    list(
      account.timeline.map(({ at, what, actor }) => `${at} ${code(what)} (${code(actor)})`),
      'Nothing is recorded.',
    ),
  ].join('\n\n')}\n`;
}

function leftOut(count: number): string[] {
  return count === 0 ? [] : [`${count} from the middle are not listed.`];
}

function list(lines: readonly string[], none: string): string {
  return lines.length === 0 ? none : lines.map((line) => `- ${line}`).join('\n');
}

function firstCause({ first_cause: cause }: Account): string {
  if (cause === null) return 'It ended without a failure.';
  return `${cause.at ?? ''} ${code(cause.code)}: ${code(cause.message)}`.trim();
}

function triedLine({
  run,
  cycle,
  step,
  state,
  what,
  duration_ms,
  cost_usd,
}: Account['tried'][number]): string {
  const took = duration_ms === null ? '' : ` in ${spokenDuration(duration_ms)}`;
  return `run ${run}, cycle ${cycle + 1}, ${step}: ${state.replace('_', ' ')}${took}, ${formatUsdNumber(cost_usd)}: ${code(what)}`;
}

function failureLines({
  at,
  code: errorCode,
  message,
  step,
  recovered,
  ...rest
}: Account['failures'][number]): string {
  const { decided, system } = rest;
  const result = recovered === null ? 'open' : recovered ? 'recovered' : 'not recovered';
  const because = decided.because === null ? '' : ` because ${code(decided.because)}`;
  return [
    `${at} ${step ?? 'outside of steps'}: ${code(errorCode)} (${rest.failure_class}, ${rest.category}), ${result}: ${code(message)}`,
    `decided: ${code(decided.act)}${because}${policyWords(decided.policy)}`,
    `system: ${systemWords(system)}`,
  ].join('\n  - ');
}

type Failure = Account['failures'][number];

function policyWords(policy: Failure['decided']['policy']): string {
  if (policy === null) return '';
  const row =
    policy.row === null ? 'the row after the recovery table' : `row ${policy.row} of the recovery table`;
  return `; ${row}: ${code(policy.does)}, ${code(policy.because)}`;
}

function systemWords({ machine, circuits, degraded }: Failure['system']): string {
  const load = machine
    ? `${code(machine.host)} with a load of ${machine.load_per_core ?? 'unknown'} per core and ${Math.round(machine.memory_free_share * 100)} % of its memory free`
    : 'load not recorded';
  const open = circuits.map(({ key, phase }) => `${code(key)} ${phase.replace('_', ' ')}`);
  const without = degraded.map(({ feature, because }) => `without ${code(feature)}: ${code(because)}`);
  return [load, ...(open.length === 0 ? ['all circuits closed'] : open), ...without].join('; ');
}

const charsMax = 600;

/** A code span: its fence is longer than every run of backticks inside. */
function code(text: string): string {
  const line = visibleLine(text);
  const cut = line.length > charsMax ? `${line.slice(0, charsMax).replace(/[\ud800-\udbff]$/, '')}…` : line;
  if (cut === '') return '(empty)';
  const longest = Math.max(0, ...[...cut.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$/.test(cut) ? ' ' : '';
  return `${fence}${pad}${cut}${pad}${fence}`;
}

/**
 * A sentence of Moose that may quote foreign words: everything that Markdown, HTML or a forge could read as a
 * sign is escaped, except the backticks of Moose's own commands. Forges find mentions and closing words in
 * what is left after that.
 */
function ownWords(text: string): string {
  return withoutForgeActs(visibleLine(text))
    .split(/(`moose [a-z][^`\\]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&@:/]/g, '\\$&').replace(/www(?=\.)/gi, '$&\\');
}
