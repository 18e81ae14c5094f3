// Formats errors for a person: one line per group, or one error in full. Pure except for colours.
import type { ErrorCard, ErrorGroups } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { paint } from '../terminal/printer.ts';
import { sparkline } from '../terminal/sparkline.ts';
import { oneLine, table } from '../terminal/table.ts';

const trendMarks: Record<ErrorGroups['groups'][number]['trend'], string> = {
  new: 'new',
  rising: '↑',
  falling: '↓',
  steady: '=',
};
const tailLinesMax = 20;

export function groupLines({ groups, evidence, since }: ErrorGroups, widthMax: number): string[] {
  if (groups.length === 0) return [`No errors since ${since.slice(0, 16).replace('T', ' ')}.`];
  const rows = groups.map((group) => [
    String(group.count),
    `${trendMarks[group.trend]}${group.trend === 'new' ? '' : ` ${group.count_before}`}`,
    paint('yellow', sparkline(group.course)),
    group.recovered_share === null ? '–' : `${Math.round(group.recovered_share * 100)} %`,
    String(group.work_orders),
    shortId(group.newest_id),
    `${paint('bold', group.code)} ${paint('gray', group.component)}: ${group.message_shape}`,
  ]);
  const { errors_of_processes: ofProcesses, errors_with_full_evidence: whole } = evidence;
  return [
    ...table(['COUNT', 'BEFORE', 'HISTORY', 'RECOVERED', 'ORDERS', 'NEWEST', 'WHAT'], rows, widthMax),
    '',
    ...(ofProcesses > 0 ? [`${whole} of ${ofProcesses} process errors have full evidence.`] : []),
    paint('gray', 'Details: `moose errors NEWEST` · Reproduce: `moose reproduce NEWEST`'),
  ];
}

export function eventLines(errors: readonly ErrorCard[], widthMax: number): string[] {
  if (errors.length === 0) return ['No errors.'];
  return table(
    ['ERROR', 'AT', 'CLASS', 'ORDER', 'STEP', 'THEN', 'WHAT'],
    errors.map((error) => [
      shortId(error.id),
      error.timestamp.slice(0, 19).replace('T', ' '),
      error.failure_class,
      error.work_order_id ? shortId(error.work_order_id) : '–',
      error.step ?? '–',
      outcomeOf(error),
      `${paint('bold', error.code)}: ${error.message}`,
    ]),
    widthMax,
  );
}

export function errorLines(error: ErrorCard): string[] {
  const short = shortId(error.id);
  return [
    `${paint('red', error.code)}  ${error.message}`,
    ...(error.advice ? [`${paint('bold', 'What to do:')} ${error.advice}`] : []),
    '',
    ...facts(error),
    ...processLines(error),
    ...section(
      'More',
      Object.entries(error.metadata).map(([key, value]) => `${key}: ${detailOf(value)}`),
    ),
    ...section('Stack', (error.stack ?? '').split('\n').slice(0, tailLinesMax)),
    '',
    `Reproduce it:      \`moose reproduce ${short}\``,
    `Similar errors:    \`moose errors ${error.fingerprint}\``,
    `                   \`moose errors --component ${error.component}\``,
    ...(error.work_order_id ? [`Its work order:    \`moose show ${shortId(error.work_order_id)}\``] : []),
  ];
}

function facts(error: ErrorCard): string[] {
  const how = [
    error.type,
    error.category,
    error.recoverability,
    error.retryable ? 'retryable' : 'not retryable',
  ];
  const sure = error.rule === null ? '' : `, rule ${error.rule} (confidence ${error.confidence ?? '–'})`;
  return [
    fact('error', error.id),
    fact('at', error.timestamp),
    fact('class', `${error.failure_class} (${how.join(', ')})${sure}`),
    fact('severity', error.severity),
    fact('came from', `${error.component}, ${error.operation}`),
    ...(error.step
      ? [fact('step', `${error.step}${error.attempt === null ? '' : `, attempt ${error.attempt}`}`)]
      : []),
    fact('then', outcomeOf(error)),
    fact('fingerprint', error.fingerprint),
  ];
}

/** The recovery strategy and its outcome. */
function outcomeOf(error: ErrorCard): string {
  const strategy = error.recovery_strategy ?? 'recorded';
  if (error.recovery_success === null) return strategy;
  const after =
    error.resolution_time_ms === null ? '' : ` in ${(error.resolution_time_ms / 1_000).toFixed(1)} s`;
  return `${strategy}, ${error.recovery_success ? `recovered${after}` : 'not recovered'}`;
}

/** Whatever is missing in the evidence is said. */
function processLines({ process }: ErrorCard): string[] {
  if (!process) return [];
  const { command, exitCode, signal, durationMs, stdoutTail, stderrTail } = process;
  const ended = typeof exitCode === 'number' ? `with exit code ${exitCode}` : textOf(signal);
  return [
    ...section('Process', [
      `command    ${textOf(command) ?? 'missing'}`,
      `ended      ${ended ?? 'exit code and signal are missing'}`,
      `took       ${typeof durationMs === 'number' ? `${(durationMs / 1_000).toFixed(2)} s` : 'missing'}`,
    ]),
    ...stream('stdout', textOf(stdoutTail)),
    ...stream('stderr', textOf(stderrTail)),
  ];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function stream(name: string, tail: string | null): string[] {
  if (tail === null) return ['', `  ${paint('bold', name)} is missing`];
  const lines = tail.trimEnd().split('\n').slice(-tailLinesMax);
  return [
    '',
    `  ${paint('bold', name)}${tail === '' ? ' is empty' : ''}`,
    ...lines.filter(Boolean).map((line) => `  │ ${line}`),
  ];
}

function detailOf(value: unknown): string {
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}

function fact(name: string, value: string): string {
  return `${name.padEnd(12)} ${value}`;
}

function section(title: string, rows: readonly string[]): string[] {
  const told = rows.filter((row) => row.trim() !== '');
  return told.length === 0 ? [] : ['', paint('bold', title), ...told.map((row) => `  ${row.trim()}`)];
}
