// Formats a work order for a person. Pure except for colours.

import type { WorkOrder, WorkOrderRecord } from '../../contract/contract.ts';
import { assetsText } from '../../domain/agents/agent-assets.ts';
import { shortId } from '../../domain/ids.ts';
import { refusedText } from '../../domain/machine/egress.ts';
import { type IgnoredFiles, leftOutSentence } from '../../domain/machine/ignored-files.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { personOf } from '../../domain/people/person.ts';
import { withoutCodeMarks } from '../../domain/text/code-marks.ts';
import { counted } from '../../domain/text/counted.ts';
import type { CheckResult } from '../../domain/work-order/check.ts';
import { askedTexts } from '../../domain/work-order/given-asked.ts';
import { asCalled } from '../terminal/as-called.ts';
import { paint } from '../terminal/printer.ts';
import { oneLine, table } from '../terminal/table.ts';
import { candidateLines } from './candidate-lines.ts';
import { jointLines } from './joint-lines.ts';
import { pullRequestLines } from './pull-request-lines.ts';
import { parentText, subtaskLines } from './subtask-lines.ts';

const colourOf = {
  needs_you: 'yellow',
  ready_to_merge: 'green',
  working: 'cyan',
  waiting: 'gray',
  merged: 'green',
  completed: 'green',
  failed: 'red',
  cancelled: 'gray',
} as const satisfies Record<WorkOrder['stage'], string>;

/** What is not verified is never shown in green (R-GREEN-1). */
export function stageText(
  view: Pick<WorkOrder, 'stage' | 'status' | 'step' | 'step_state' | 'verification'>,
): string {
  const at =
    view.status === 'in_progress' && view.step
      ? ` · ${view.step}${view.step_state === 'retrying' ? ' (retrying)' : ''}`
      : '';
  const isDoubtful = view.status === 'completed' && view.verification?.is_verified === false;
  const colour = isDoubtful ? 'yellow' : colourOf[view.stage];
  return paint(colour, view.stage.replaceAll('_', ' ') + at);
}

/** `stuckHours`: for each stuck work order, by its id. */
export function listLines(
  views: readonly WorkOrder[],
  widthMax: number,
  stuckHours: ReadonlyMap<string, number> = new Map(),
): string[] {
  if (views.length === 0)
    return [
      'No work orders yet. `moose run "TITLE" --repo PATH` submits one; `moose demo` shows a full run.',
    ];
  return table(
    ['ID', 'STAGE', 'COST', 'PROJECT', 'TITLE'],
    views.map((view) => [
      shortId(view.id),
      stageText(view) + unverifiedText(view) + stuckText(stuckHours.get(view.id)),
      formatUsdNumber(view.cost_usd),
      view.project,
      view.title + groupText(view) + (view.is_scripted ? ' (scripted)' : ''),
    ]),
    widthMax,
  );
}

function unverifiedText({ verification }: Pick<WorkOrder, 'verification'>): string {
  return verification?.is_verified === false ? paint('yellow', ' · not verified') : '';
}

function groupText({ candidate, joint }: Pick<WorkOrder, 'candidate' | 'joint'>): string {
  if (joint !== null) return ` (change ${joint.number} of ${joint.of})`;
  if (candidate === null) return '';
  return ` (candidate ${candidate.number} of ${candidate.of}${candidate.is_kept === true ? ', kept' : ''})`;
}

function stuckText(hours: number | undefined): string {
  return hours === undefined ? '' : paint('yellow', ` · stuck ${hours} h`);
}

export function viewLines(view: WorkOrder): string[] {
  return [`${shortId(view.id)}  ${stageText(view)}  ${view.title}${groupText(view)}`, `  ${view.explain}`];
}

export function detailLines(detail: WorkOrderRecord): string[] {
  const { counters } = detail;
  const lines = [
    `${paint('bold', detail.title)}${detail.is_scripted ? '  (scripted model)' : ''}`,
    `${shortId(detail.id)}  ${stageText(detail)}  run ${detail.run}  ${formatUsdNumber(detail.cost_usd)}  project ${detail.project}`,
    detail.explain,
    '',
    ...(detail.description ? [indent(detail.description), ''] : []),
    ...row('command', detail.command),
    ...row('requested by', personOf(detail.requested_by)),
    ...row('asked for by', parentText(detail.parent)),
    ...row('branch', detail.branch),
    ...row('pull request', detail.pull_request),
    ...row('verification', verificationText(detail)),
    ...row('asked', detail.asked && askedTexts(detail.asked).join('; ')),
    ...row('left out', leftOutText(detail)),
    ...row(
      'so far',
      `${counted(counters.model_calls, 'model call')}, ${counted(counters.agent_runs, 'agent run')}, ${counters.refinement_cycles} of ${counted(counters.refinement_cycles_max, 'refinement cycle')}`,
    ),
  ];
  section(
    lines,
    'Proof',
    detail.proof.map(({ mark, text }) => `${proofMarks[mark]} ${withoutCodeMarks(asCalled(text))}`),
  );
  section(
    lines,
    'Steps',
    detail.steps.map(({ run, cycle, step, started_at, finished_at }) => {
      const ms = Date.parse(finished_at) - Date.parse(started_at);
      return `${run}.${cycle}  ${step.padEnd(12)} ${(ms / 1_000).toFixed(2)} s`;
    }),
  );
  section(
    lines,
    'Messages and answers',
    (detail.conversation ?? []).map(({ at, text }) => `${at.slice(0, 19).replace('T', ' ')}  ${text}`),
  );
  if (detail.joint_change) section(lines, 'Joint change', jointLines(detail.joint_change, detail.id));
  if (detail.candidates) section(lines, 'Candidates', candidateLines(detail.candidates, detail.id));
  section(lines, 'Sub-tasks', subtaskLines(detail.subtasks));
  section(lines, 'Checks', checkLines(detail));
  section(lines, 'Pull request', detail.pull_requests.flatMap(pullRequestLines));
  section(lines, 'Processes', detail.sessions.map(processLine));
  section(
    lines,
    'Errors',
    detail.errors.map(
      (one) =>
        `${shortId(one.id)}  ${one.code} (${one.failure_class}, ${one.category}) at ${one.step ?? '–'} → ${one.recovery_strategy ?? '–'}: ${oneLine(one.message)}`,
    ),
  );
  if (detail.errors.length > 0)
    lines.push(paint('gray', '  Details: `moose errors ERROR` · Reproduce: `moose reproduce ERROR`'));
  section(
    lines,
    'Effects',
    detail.effects.map((one) => `${one.state.padEnd(11)} ${one.kind.padEnd(13)} ${one.key}`),
  );
  if (detail.escalation)
    section(lines, 'Needs you', [
      withoutCodeMarks(asCalled(detail.escalation.title)),
      ...optionLines(detail.escalation),
    ]);
  return lines;
}

/** Files beside the newest change that are not part of it. */
function leftOutText({ steps }: WorkOrderRecord): string | null {
  const newest = steps.findLast(({ step }) => step === 'applying')?.result as
    | { ignored?: IgnoredFiles; leftOut?: string[] }
    | undefined;
  return leftOutSentence(newest ?? {}) || null;
}

const proofMarks = { good: '✓', bad: '✗', note: '·' } as const;

/** The checks of the newest round. */
function checkLines({ steps }: WorkOrderRecord): string[] {
  const newest = steps.findLast(({ step }) => step === 'verifying')?.result as
    | { checks?: CheckResult[] }
    | undefined;
  return (newest?.checks ?? []).flatMap(({ kind, command, passed, redBefore }) => [
    `${passed ? '✓' : '✗'} ${kind.padEnd(9)} ${oneLine(command)}${redBefore === undefined ? '' : ' (also failed before the change: does not count against it)'}`,
    ...(redBefore ?? []).slice(0, failuresShownMax).map((failure) => `    ${oneLine(failure)}`),
    ...moreOf((redBefore ?? []).length - failuresShownMax),
  ]);
}

const failuresShownMax = 10;

const moreOf = (count: number) => (count > 0 ? [`    … and ${count} more`] : []);

function optionLines({ options, recommended }: { options: unknown; recommended: string | null }): string[] {
  if (!Array.isArray(options)) return [];
  return options.map(
    (option: { id: string; label: string; command: string }) =>
      `${option.id === recommended ? '→' : ' '} ${option.label}: \`${option.command}\``,
  );
}

function verificationText({ verification }: WorkOrderRecord): string | null {
  if (verification === null) return null;
  const level =
    verification.level === null || verification.level === 'standard' ? '' : ` (${verification.level})`;
  return verification.is_verified
    ? `verified by its checks${level}`
    : `not verified${level}: ${verification.because}`;
}

function row(name: string, value: string | null): string[] {
  return value === null ? [] : [`${name.padEnd(14)} ${value}`];
}

function section(lines: string[], title: string, rows: readonly string[]): void {
  if (rows.length > 0) lines.push('', paint('bold', title), ...rows.map((one) => `  ${one}`));
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function processLine(one: WorkOrderRecord['sessions'][number]): string {
  const isUp = one.state === 'running';
  return [
    `${one.purpose.padEnd(7)} ${one.name.padEnd(14)} ${one.state}`,
    ...(one.purpose === 'service' && isUp ? [one.ready_at === null ? 'not ready yet' : 'ready'] : []),
    ...(isUp && one.preview_url !== null ? [one.preview_url] : []),
    ...(isUp && one.can_preview && one.preview_url === null ? ['opens with `moose preview`'] : []),
    ...(one.exit_code === null ? [] : [`exit code ${one.exit_code}`]),
    ...(one.end_reason ? [one.end_reason] : []),
    ...(one.unreachable_since ? [`on ${one.host}, unreachable since ${one.unreachable_since}`] : []),
    `${one.isolation === 'none' ? 'not isolated' : `isolated (${one.isolation})`}${networkText(one)}`,
    ...limitLines(one),
    ...(one.image === null ? [] : [`in ${one.image}`]),
    ...(one.assets === null ? [] : [`given: ${assetsText({ ...one.assets, leftOut: one.assets.left_out })}`]),
    ...(one.way === 'login' ? [loginText(one)] : []),
  ].join(', ');
}

const mib = 1024 ** 2;
const mibText = (bytes: number) => `${Math.round(bytes / mib).toLocaleString('en')} MiB`;

/** What it has used, with the limits that were in force. */
function limitLines({ limits, used }: WorkOrderRecord['sessions'][number]): string[] {
  const isLimited = limits !== null && (limits.memory_bytes !== null || limits.processes !== null);
  const of = (limit: number | null | undefined, text: (limit: number) => string) =>
    limit == null ? '' : ` of ${text(limit)}`;
  const [memory, cpuMs] = [used?.memory_peak_bytes, used?.cpu_ms];
  return [
    ...(memory == null ? [] : [`${mibText(memory)}${of(limits?.memory_bytes, mibText)}`]),
    ...(cpuMs == null ? [] : [`${(cpuMs / 1_000).toFixed(1)} s of CPU`]),
    ...(limits === null || isLimited ? [] : ['not limited']),
  ];
}

function loginText({ reported }: WorkOrderRecord['sessions'][number]): string {
  const { input_tokens: input, output_tokens: output, notional_usd: usd } = reported ?? {};
  const tokens = input == null && output == null ? '' : `, ${(input ?? 0) + (output ?? 0)} tokens`;
  return `your login${tokens}${usd == null ? '' : `, ${formatUsdNumber(usd)} covered by your subscription`}`;
}

/** What the session could reach beyond loopback and the gateway, and the hosts that it was refused. */
function networkText({ egress, refused }: WorkOrderRecord['sessions'][number]): string {
  const network = egress === 'listed' ? ', listed hosts' : egress === 'open' ? ', open network' : '';
  return refused.length === 0 ? network : `${network}, refused: ${refusedText(refused)}`;
}
