// The live table of the demo: what each event changes in the row of its work order, and the lines of all rows. Pure except
// for colours.

import { cutToWidth, displayWidth, padToWidth } from '../cli/terminal/display-width.ts';
import type { Room } from '../cli/terminal/live-lines.ts';
import { paint } from '../cli/terminal/printer.ts';
import { tableWithin } from '../cli/terminal/table.ts';
import type { WorkOrderRecord } from '../contract/contract.ts';
import { shortId } from '../domain/ids.ts';
import { formatUsd, nanoOfUsd } from '../domain/money.ts';
import { type Status, type Step, statuses, steps } from '../domain/transitions.ts';
import { describeEvent, type EventRow } from '../engine/views/work-order/describe-event.ts';

export interface DemoRow {
  id: string;
  title: string;
  status: Status;
  step: string | null;
  /** Counts from 1; a failure that is sent back begins the next one. */
  attempt: number;
  happening: string;
  costNanoUsd: bigint;
}

export function newRow(id: string, title: string, happening: string): DemoRow {
  return { id, title, status: 'pending', step: null, attempt: 1, happening, costNanoUsd: 0n };
}

const begins: Readonly<Record<string, string>> = {
  routing: 'choosing an agent, a model and a budget',
  preparing: 'preparing the worktree',
  generating: 'asking the model',
  applying: 'making the change',
  verifying: 'running the checks',
  creating_pr: 'pushing, and opening the pull request',
  tracking: 'recording the result',
  awaiting_ci: 'waiting for CI',
};

/** What would only flash up, because something else follows at once. */
const passing: ReadonlySet<string> = new Set([
  'step.finished',
  'progress',
  'base_check.finished',
  'proof_check.finished',
]);

export function rowAfter(row: DemoRow, event: EventRow): DemoRow {
  const { kind, actor, detail } = event;
  if (kind === 'transition') return afterTransition(row, event);
  if (kind === 'model.answered')
    return { ...afterAnswer(row, event), costNanoUsd: row.costNanoUsd + costOf(event) };
  if (kind === 'session.started') return { ...row, happening: sessionText(String(detail.purpose), actor) };
  if (passing.has(kind) || (kind === 'session.ended' && detail.exitCode === 0)) return row;
  return { ...row, happening: describeEvent(event) };
}

/** The row of a work order that has come to its end. What went wrong is told below the table, where there is room. */
export function rowAtEnd(row: DemoRow, detail: WorkOrderRecord): DemoRow {
  const { status, step, cost_usd, pull_request } = detail;
  const number = pull_request === null ? null : /\d+$/.exec(pull_request)?.[0];
  const ended = { ...row, status, step, costNanoUsd: nanoOfUsd(cost_usd) };
  if (status !== 'completed') return { ...ended, attempt: 1, happening: detail.explain };
  return { ...ended, attempt: 1, happening: number ? `pull request ${number}` : 'proposed' };
}

function afterTransition(row: DemoRow, { fromState, toState, reason }: EventRow): DemoRow {
  const status = (toState?.status ?? row.status) as Status;
  const step = toState?.step ?? null;
  const next = { ...row, status, step };
  if (status !== 'in_progress')
    return { ...next, happening: reason === 'submitted' ? row.happening : reason };
  if (orderOf(step) < orderOf(fromState?.step ?? null))
    return { ...next, attempt: row.attempt + 1, happening: reason };
  if (toState?.step_state === 'running' && step !== fromState?.step)
    return { ...next, happening: begins[step ?? ''] ?? reason };
  return { ...next, happening: reason };
}

const orderOf = (step: string | null) => steps.indexOf(step as Step);

function afterAnswer(row: DemoRow, { actor, detail }: EventRow): DemoRow {
  if (detail.kind === 'malformed')
    return { ...row, happening: `asking again: ${actor} answered no valid JSON` };
  return { ...row, happening: `${actor} answered` };
}

function costOf({ detail }: EventRow): bigint {
  return typeof detail.costNanoUsd === 'string' ? BigInt(detail.costNanoUsd) : 0n;
}

/** By what the names of checks begin with, before their number. */
const trees: Readonly<Record<string, string>> = {
  base: ' without the change',
  over: ' with the tests of the base',
  new: ' of its new tests, without the rest of the change',
};

function sessionText(purpose: string, actor: string): string {
  if (purpose === 'agent') return `agent ${actor} works`;
  const [, tree = '', name = actor] = /^(?:(base|over|new)-)?\d+-(.+)$/.exec(actor) ?? [];
  return `running ${purpose} ${name}${trees[tree] ?? ''}`;
}

const open: ReadonlySet<Status> = new Set(['pending', 'in_progress']);

/** Beyond these widths, more columns have room. */
const costColumnsMin = 64;
const idColumnsMin = 110;
const titleShare = 0.34;
/** So that the columns do not move when a step or a cost changes. */
const stepColumns = Math.max(...[...statuses, ...steps].map((name) => name.length));
const costColumns = 7;
const gapColumns = 2;

/** One line for each row, below a header. Where not all fit, those that are still open come first. */
export function demoLines(rows: readonly DemoRow[], room: Room): string[] {
  if (rows.length === 0) return [];
  const rowsMax = Math.max(1, room.rows - 1);
  const shown = rows.length <= rowsMax ? rows : visible(rows, rowsMax - 1);
  const hasId = room.columns >= idColumnsMin;
  const hasCost = room.columns >= costColumnsMin;
  const line = (
    id: string,
    [mark, title, step, cost, happening]: readonly [string, string, string, string, string],
  ) => [mark, ...(hasId ? [id] : []), title, step, ...(hasCost ? [cost] : []), happening];
  const titleColumns = columnsOfTitles(shown, room.columns, { hasId, hasCost });
  const lines = tableWithin(
    line('ID', [' ', 'WORK ORDER', 'STEP', 'COST', 'WHAT IS HAPPENING']),
    shown.map((row) =>
      line(shortId(row.id), [
        markOf(row.status),
        cutToWidth(row.title, titleColumns),
        padToWidth(row.status === 'in_progress' ? (row.step ?? '–') : row.status, stepColumns),
        padToWidth(formatUsd(row.costNanoUsd), costColumns),
        row.attempt > 1 ? `attempt ${row.attempt}: ${row.happening}` : row.happening,
      ]),
    ),
    room.columns,
  );
  const hidden = rows.length - shown.length;
  return hidden === 0 ? lines : [...lines, `   and ${hidden} more, for which the terminal has no room`];
}

/** A fixed share while anything changes; at the end, all that the other columns leave. */
function columnsOfTitles(
  rows: readonly DemoRow[],
  columns: number,
  { hasId, hasCost }: { hasId: boolean; hasCost: boolean },
): number {
  const share = Math.max(10, Math.floor(columns * titleShare));
  if (rows.some(({ status }) => open.has(status))) return share;
  const fixed = [1, ...(hasId ? [8] : []), stepColumns, ...(hasCost ? [costColumns] : [])];
  const last = Math.max('WHAT IS HAPPENING'.length, ...rows.map(({ happening }) => displayWidth(happening)));
  return Math.max(share, columns - [...fixed, last].reduce((sum, width) => sum + width + gapColumns, 0));
}

function visible(rows: readonly DemoRow[], count: number): readonly DemoRow[] {
  const newestFirst = rows.toReversed();
  const first = [
    ...newestFirst.filter(({ status }) => open.has(status)),
    ...newestFirst.filter(({ status }) => !open.has(status)),
  ].slice(0, count);
  return rows.filter((row) => first.includes(row));
}

function markOf(status: Status): string {
  if (status === 'completed') return paint('green', '✓');
  if (status === 'in_progress') return paint('cyan', '▸');
  if (status === 'needs_review') return paint('yellow', '?');
  return status === 'pending' ? paint('gray', '·') : paint('red', '✗');
}
