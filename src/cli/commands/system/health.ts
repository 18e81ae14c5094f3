import type { Command } from 'commander';
import type { AdminHealth } from '../../../contract/contract.ts';
import { showSystemHealth } from '../../../contract/operations/monitoring.ts';
import { shortId } from '../../../domain/ids.ts';
import { pressureLevels } from '../../../domain/machine/pressure.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import { assertNever } from '../../../stdx/assert-never.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';
import { cut } from '../../terminal/table.ts';

export function addHealth(program: Command, context: CliContext): void {
  program
    .command('health')
    .description(
      'show system health: stuck work, open circuits, degraded features, spending, errors, forecasts',
    )
    .action(async (_options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const health = await ask(showSystemHealth);
        printer.print(health, () => healthLines(health));
      }),
    );
}

/** How many rows of each kind are shown; `--json` has all of them. */
const shownMax = 5;
const widthMax = 110;
const good = (text: string) => paint('green', text);
const bad = (text: string) => paint('yellow', text);

export function healthLines(health: AdminHealth): string[] {
  const { errorRate, escalationBacklog, forecasts } = health;
  return [
    row(
      'Moose',
      health.executors === 0 ? bad('not running: `moose up`') : good(`${health.executors} running`),
    ),
    row('database', databaseText(health.database)),
    row('today', budgetText(health.dailyBudget)),
    row('this month', budgetText(health.monthlyBudget)),
    row('errors', errorText(errorRate)),
    row('components', partsText(health.agentHealth)),
    row(
      'questions',
      escalationBacklog.open === 0
        ? good('none open')
        : `${bad(`${escalationBacklog.open} open`)}: \`moose escalations\``,
    ),
    ...listed(
      'stuck',
      health.stuckWorkOrders.map((one) => `${shortId(one.id)} ${one.stuck_hours} h: ${one.title}`),
      '`moose stuck`',
    ),
    ...listed(
      'circuits',
      health.circuits.map(({ key, phase, because }) => `${key} ${phase}${because ? `: ${because}` : ''}`),
      '`moose circuits`',
    ),
    ...listed(
      'alerts',
      health.alerts.map(
        ({ severity, message, times }) => `${severity}: ${message}${times > 1 ? ` (${times} times)` : ''}`,
      ),
      '`moose alerts`',
    ),
    ...listed(
      'pressure',
      health.pressure.flatMap(({ host, level, because }) =>
        level === 'normal' ? [] : [`${host} ${level}: ${because}`],
      ),
    ),
    ...listed('degraded', withoutOf(health)),
    ...listed(
      'predicted',
      forecasts.open.map(({ message }) => message),
    ),
    row('forecasts', precisionText(forecasts)),
    ...machineLines(health.pressure),
  ];
}

type MachinePressure = AdminHealth['pressure'][number];

/** The measurements of the machine under the most pressure, beside the thresholds that count for them. */
function machineLines(machines: readonly MachinePressure[]): string[] {
  const [worst, ...others] = machines.toSorted((one, other) => rank(other) - rank(one));
  if (!worst) return [];
  const lines = worst.measurements.flatMap(
    ({ title, value, unit, scarce_when: scarceWhen, high, critical, level }) => {
      if (value === null) return [];
      const where = scarceWhen === 'small' ? 'below' : 'above';
      const none = critical === null ? '' : `, none ${where} ${amountText(critical, unit)}`;
      const now = amountText(value, unit).padStart(11);
      const limits = `half of the slots ${where} ${amountText(high, unit)}${none}`;
      return [`${title.padEnd(27)} ${level === 'normal' ? now : bad(now)}   ${limits}`];
    },
  );
  return [
    `machine     ${cut(worst.host, widthMax)}`,
    ...lines.map((line) => row('', line)),
    ...(others.length === 0 ? [] : [row('', `and ${others.length} more: \`moose health --json\``)]),
  ];
}

const rank = ({ level }: MachinePressure) => pressureLevels.indexOf(level);

const gibibyte = 2 ** 30;

function amountText(value: number, unit: MachinePressure['measurements'][number]['unit']): string {
  switch (unit) {
    case 'bytes':
      return value < gibibyte ? `${Math.round(value / 2 ** 20)} MiB` : `${(value / gibibyte).toFixed(1)} GiB`;
    case 'share':
      return `${Math.round(value * 100)} %`;
    case 'ms':
      return `${Math.round(value)} ms`;
    case 'count':
      return Math.round(value).toLocaleString('en-US');
    case 'per_core':
      return value.toFixed(1);
    default:
      return assertNever(unit);
  }
}

function databaseText({ because }: AdminHealth['database']): string {
  return because === null
    ? good('accepts writes')
    : bad(`rejects writes: ${because}. Free space on its disk; work then continues automatically.`);
}

/** Work orders that lack the same feature share one line. */
function withoutOf({ degradations }: AdminHealth): string[] {
  const groups = Map.groupBy(degradations, ({ feature, because }) => `${feature}: ${because}`);
  return [...groups].map(([text, group]) => (group.length > 1 ? `${text} (${group.length} times)` : text));
}

function row(name: string, text: string): string {
  return `${name.padEnd(11)} ${text}`;
}

function listed(name: string, all: readonly string[], command?: string): string[] {
  if (all.length === 0) return [row(name, good('none'))];
  const shown = all.slice(0, shownMax).map((text) => cut(text, widthMax));
  const rest = all.length - shown.length;
  const more = rest > 0 ? [`and ${rest} more${command ? `: ${command}` : ''}`] : [];
  return [...shown.map(bad), ...more].map((text, index) => row(index === 0 ? name : '', text));
}

const barChars = 20;

function budgetText({ spent, limit, percentage, status, reservations }: AdminHealth['dailyBudget']): string {
  const filled = Math.min(barChars, Math.round((percentage / 100) * barChars));
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barChars - filled)}`;
  const colour = { normal: 'green', warning: 'yellow', critical: 'red' } as const;
  const held = reservations > 0 ? `, ${formatUsdNumber(reservations)} reserved` : '';
  return `${paint(colour[status], bar)} ${percentage} % of ${formatUsdNumber(limit)}: ${formatUsdNumber(spent)} spent${held}`;
}

function errorText({
  last_hour,
  last_24h,
  errors_last_hour,
  errors_last_24h,
  trend,
}: AdminHealth['errorRate']): string {
  const text = `${percent(last_hour)} in the last hour (${errors_last_hour}), ${percent(last_24h)} in 24 h (${errors_last_24h}), ${trend}`;
  return trend === 'rising' ? bad(text) : text;
}

function partsText(parts: AdminHealth['agentHealth']): string {
  const all = Object.entries(parts);
  const ill = all.filter(([, { status }]) => status === 'degraded' || status === 'down');
  if (ill.length > 0) return bad(ill.map(([name, { status }]) => `${name} ${status}`).join(', '));
  const idle = all.filter(({ 1: { status } }) => status === 'idle').map(([name]) => name);
  if (idle.length === all.length) return 'all idle in the last day';
  return idle.length === 0 ? good('all healthy') : `${good('healthy')}; idle: ${idle.join(', ')}`;
}

function precisionText({ precision, judged, saved_usd }: AdminHealth['forecasts']): string {
  const saved = `${formatUsdNumber(saved_usd)} saved by early pauses`;
  return precision === null
    ? `none judged so far, ${saved}`
    : `${percent(precision)} of ${judged} came true, ${saved}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
