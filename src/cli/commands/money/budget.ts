import type { Command } from 'commander';
import type { Budget, BudgetCheck } from '../../../contract/contract.ts';
import { checkBudget, showBudget } from '../../../contract/operations/money.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { type Printer, paint } from '../../terminal/printer.ts';
import { table } from '../../terminal/table.ts';

export function addBudget(program: Command, context: CliContext): void {
  program
    .command('budget')
    .description(
      'show where the money goes: spent, reserved and in flight, by model and work order; `limits` changes the limits',
    )
    .option('--check', 'check every counter against the rows that it sums; exit with 1 if one is wrong')
    .action(async ({ check }: { check?: boolean }, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        if (check) return printCheck(await ask(checkBudget), printer);
        const report = await ask(showBudget);
        printer.print(report, () => budgetLines(report));
      }),
    );
}

function printCheck(check: BudgetCheck, printer: Printer): void {
  printer.print(check, () =>
    check.holds
      ? paint('green', 'Every counter matches the sum of its envelopes and calls.')
      : check.differences.map(({ key, what, counter, sum }) =>
          paint('red', `${key} shows ${counter} ${what}, but its rows add up to ${sum}.`),
        ),
  );
  if (!check.holds) process.exitCode = 1;
}

const widthMax = 120;

export function budgetLines(report: Budget): string[] {
  const { windows, envelopes, calls, by_model, by_work_order, architect } = report;
  return [
    ...table(
      ['WINDOW', '', 'LIMIT', 'SPENT', 'PRESUMED', 'RESERVED', ''],
      windows.map((window) => [
        nameOf(window),
        bar(window),
        ...[window.limit_usd, window.spent_usd, window.presumed_usd, window.held_usd].map(formatUsdNumber),
        window.is_frozen ? paint('red', 'frozen: `moose limits --thaw`') : '',
      ]),
      widthMax,
    ),
    paint('dim', `${spentBar} spent  ${presumedBar} presumed spent  ${heldBar} reserved  ${freeBar} free`),
    ...section(
      'Open envelopes',
      ['WORK ORDER', 'RESERVED', 'SPENT', 'PRESUMED', 'IN FLIGHT', 'TITLE'],
      envelopes.map((each) => [
        each.work_order_id ? shortId(each.work_order_id) : each.service,
        ...[each.reserved_usd, each.spent_usd, each.presumed_usd, each.open_usd].map(formatUsdNumber),
        each.title ?? '',
      ]),
    ),
    ...section(
      'Calls in flight',
      ['MODEL', 'RESERVED', 'ELAPSED', 'WORK ORDER'],
      calls.map(({ model, service, held_usd, since_ms, work_order_id }) => [
        ...[model ?? service, formatUsdNumber(held_usd), `${Math.round(since_ms / 1_000)} s`],
        work_order_id ? shortId(work_order_id) : '',
      ]),
    ),
    ...section('Spent today, by model', ['MODEL', 'CALLS', 'SPENT'], by_model.map(spentRow)),
    ...section(
      'Spent today, by work order',
      ['WORK ORDER', 'CALLS', 'SPENT', 'TITLE'],
      by_work_order.map((each) => [
        ...spentRow({ ...each, subject: shortId(each.subject) }),
        each.title ?? '',
      ]),
    ),
    ...(architect.spent_usd + architect.held_usd > 0
      ? [
          '',
          `The Architect, this month: ${formatUsdNumber(architect.spent_usd)} spent, ${formatUsdNumber(architect.held_usd)} reserved.`,
        ]
      : []),
  ];
}

function spentRow({ subject, calls, usd }: Budget['by_model'][number]): string[] {
  return [subject, String(calls), formatUsdNumber(usd)];
}

function section(title: string, header: string[], rows: string[][]): string[] {
  return rows.length === 0 ? [] : ['', paint('bold', title), ...table(header, rows, widthMax)];
}

function nameOf({ key, name }: Budget['windows'][number]): string {
  const [kind = '', of = ''] = key.split(':');
  if (kind === 'project') return `project ${name ?? of}`;
  const [subject, span] = kind.split('_');
  if (subject === 'person' || subject === 'project') return `${subject} ${name ?? of}, ${span} ${of}`;
  return kind === 'work_order' ? `work order ${shortId(of)}` : `${kind} ${of}`;
}

const barChars = 24;
const [spentBar, presumedBar, heldBar, freeBar] = ['█', '▓', '▒', '░'] as const;

/** Every amount above zero gets at least one character, as long as there is room. */
function bar({ limit_usd, spent_usd, presumed_usd, held_usd }: Budget['windows'][number]): string {
  let left = barChars;
  const part = (usd: number, char: string) => {
    const share = limit_usd > 0 ? usd / limit_usd : 1;
    const count = usd === 0 ? 0 : Math.min(left, Math.max(1, Math.round(share * barChars)));
    left -= count;
    return char.repeat(count);
  };
  const used = part(spent_usd, spentBar) + part(presumed_usd, presumedBar) + part(held_usd, heldBar);
  return used + freeBar.repeat(left);
}
