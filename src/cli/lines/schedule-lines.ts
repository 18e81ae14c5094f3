// Schedules as text for a person.
import type {
  RecordedScheduleChange,
  Schedule,
  ScheduleDetail,
  ScheduleRun,
} from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsd, nanoOfUsd } from '../../domain/money.ts';
import { personOf } from '../../domain/people/person.ts';
import { durationText } from '../../domain/text/duration.ts';
import { askedTexts } from '../../domain/work-order/given-asked.ts';
import type { ScheduleFieldValue } from '../../domain/work-order/schedule.ts';
import { table } from '../terminal/table.ts';

const widthMax = 200;
const historyLines = 15;
const valueCharsMax = 60;

/** In the zone of the schedule: `Tue 24 Nov 2026 01:30`. */
function moment(at: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(new Date(at)).replaceAll(',', '');
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `in 9 h`. */
function inWords(at: string, now: Date): string {
  const ms = new Date(at).getTime() - now.getTime();
  if (ms < minuteMs) return 'now';
  if (ms < hourMs) return `in ${Math.floor(ms / minuteMs)} min`;
  return ms < 2 * dayMs ? `in ${Math.floor(ms / hourMs)} h` : `in ${Math.floor(ms / dayMs)} days`;
}

export function scheduleTable(all: readonly Schedule[], now: Date): string[] {
  return table(
    ['NAME', 'PROJECT', 'CRON', 'NEXT', 'LAST'],
    all.map((each) => [
      ...[each.name, each.project, each.cron, nextOf(each, now)],
      each.last_run === null ? '–' : outcomeOf(each.last_run),
    ]),
    widthMax,
  );
}

function nextOf({ next_at: [next], time_zone, paused_at }: Schedule, now: Date): string {
  if (paused_at !== null || next === undefined) return 'paused';
  return `${moment(next, time_zone)} (${inWords(next, now)})`;
}

function outcomeOf({ outcome, work_order: order }: ScheduleRun): string {
  return order === null ? outcome : `${order.status} ${shortId(order.id)}`;
}

export function scheduleLines(schedule: ScheduleDetail, now: Date): string[] {
  const { time_zone, paused_at, paused_because, paused_by, next_at } = schedule;
  const paused = `paused by ${personOf(paused_by ?? '')}${paused_because === null ? '' : `: ${paused_because}`}`;
  const next = next_at.map((at) => `${moment(at, time_zone)}, ${inWords(at, now)}`);
  return [
    `${schedule.name}: ${schedule.title}`,
    `  project      ${schedule.project}`,
    `  when         ${schedule.cron} in ${time_zone}`,
    ...(paused_at === null ? next : [paused]).map(
      (line, index) => `  ${index === 0 ? 'next' : '    '}         ${line}`,
    ),
    ...(schedule.command === null ? [] : [`  command      ${schedule.command.replace(/\s+/g, ' ')}`]),
    ...(schedule.asked === null ? [] : [`  asked        ${askedTexts(schedule.asked).join('; ')}`]),
    `  limit        ${formatUsd(nanoOfUsd(schedule.limit_usd))} for each work order`,
    `  if open      ${schedule.when_open === 'skip' ? 'skipped' : 'waits for the previous work order'}`,
    `  catches up   ${durationText(schedule.catch_up_ms)}`,
    `  for          ${personOf(schedule.requested_by)}`,
    ...(schedule.history.length + schedule.changes.length === 0 ? [] : ['', ...historyOf(schedule)]),
  ];
}

/** Runs and changes, newest first. */
function historyOf({ history, changes, time_zone }: ScheduleDetail): string[] {
  const runs = history.map((run) => ({
    at: run.due_at,
    cells: [
      run.instants > 1 ? `${run.outcome} (${run.instants})` : run.outcome,
      run.work_order === null ? '–' : `${shortId(run.work_order.id)} ${run.work_order.status}`,
      run.because ?? (run.asked_by === null ? '' : `run now by ${personOf(run.asked_by)}`),
    ],
  }));
  const edits = changes.map(({ changed_at: at, changed_by, fields }) => ({
    at,
    cells: ['changed', '–', `${personOf(changed_by)}: ${fields.map(fieldText).join(', ')}`],
  }));
  const all = [...runs, ...edits].toSorted((one, other) => other.at.localeCompare(one.at));
  return table(
    ['AT', 'OUTCOME', 'WORK ORDER', 'WHY'],
    all.slice(0, historyLines).map(({ at, cells }) => [moment(at, time_zone), ...cells]),
    widthMax,
  );
}

/** `limit_usd 2 → 5`. */
function fieldText({ field, from, to }: RecordedScheduleChange['fields'][number]): string {
  return `${field} ${valueText(from)} → ${valueText(to)}`;
}

/** In one short line: `"30 1 * * *"`, `none`. */
function valueText(value: ScheduleFieldValue): string {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  const text = (Array.isArray(value) ? value.join(', ') : value).replaceAll(/\s+/g, ' ');
  return `"${text.length > valueCharsMax ? `${text.slice(0, valueCharsMax - 1)}…` : text}"`;
}
