import type { Command } from 'commander';
import type { PrintedDocument } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsd, usdNumber } from '../../domain/money.ts';
import type { BudgetReport } from '../../engine/budget/ask-budget.ts';
import { differenceText } from '../../engine/budget/budget-jobs.ts';
import type { CliContext } from '../context.ts';
import { readMoose } from '../flags.ts';
import { type Printer, paint } from '../printer.ts';
import { table } from '../table.ts';

export function addBudget(program: Command, context: CliContext): void {
  program
    .command('budget')
    .description(
      'show where the money goes: spent, reserved and in flight, by model and work order; `limits` changes the limits',
    )
    .option('--check', 'check every counter against the rows that it sums; exit with 1 if one is wrong')
    .action(async ({ check }: { check?: boolean }, command: Command) =>
      readMoose(context, command, async ({ moose }, printer) => {
        if (check) return printCheck(await moose.checkBudget(), printer);
        const report = await moose.budget();
        printer.print(documentOf(report), () => budgetLines(report));
      }),
    );
}

type Differences = Parameters<typeof differenceText>[0][];

function printCheck(differences: Differences, printer: Printer): void {
  const document: Extract<PrintedDocument<'budget'>, { holds: boolean }> = {
    holds: differences.length === 0,
    differences: differences.map(({ of, counter, countedNanoUsd, summedNanoUsd }) => ({
      of,
      counter,
      counted_usd: usdNumber(countedNanoUsd),
      summed_usd: usdNumber(summedNanoUsd),
    })),
  };
  printer.print(document, () =>
    document.holds
      ? paint('green', 'Every counter matches the sum of its envelopes and calls.')
      : differences.map((one) => paint('red', `${differenceText(one)}.`)),
  );
  if (!document.holds) process.exitCode = 1;
}

function documentOf({
  windows,
  envelopes,
  calls,
  byModel,
  byWorkOrder,
  architect,
}: BudgetReport): PrintedDocument<'budget'> {
  const spent = ({ subject, calls: count, nanoUsd }: BudgetReport['byModel'][number]) => ({
    subject,
    calls: count,
    usd: usdNumber(nanoUsd),
  });
  return {
    windows: windows.map((window) => ({
      key: window.key,
      name: window.name,
      limit_usd: usdNumber(window.limitNanoUsd),
      spent_usd: usdNumber(window.spentNanoUsd),
      presumed_usd: usdNumber(window.presumedNanoUsd),
      held_usd: usdNumber(window.heldNanoUsd),
      overrun_usd: usdNumber(window.overrunNanoUsd),
      is_frozen: window.isFrozen,
    })),
    envelopes: envelopes.map((envelope) => ({
      id: envelope.id,
      work_order_id: envelope.workOrderId,
      service: envelope.serviceName,
      reserved_usd: usdNumber(envelope.reservedNanoUsd),
      spent_usd: usdNumber(envelope.spentNanoUsd),
      presumed_usd: usdNumber(envelope.presumedNanoUsd),
      open_usd: usdNumber(envelope.openNanoUsd),
      created_at: envelope.createdAt.toISOString(),
    })),
    calls: calls.map((call) => ({
      id: call.id,
      work_order_id: call.workOrderId,
      model: call.model,
      service: call.serviceName,
      held_usd: usdNumber(call.heldNanoUsd),
      since_ms: Math.round(call.sinceMs),
    })),
    today: { by_model: byModel.map(spent), by_work_order: byWorkOrder.map(spent) },
    architect: { spent_usd: usdNumber(architect.spentNanoUsd), held_usd: usdNumber(architect.heldNanoUsd) },
  };
}

const widthMax = 120;

export function budgetLines(report: BudgetReport): string[] {
  const { windows, envelopes, calls, byModel, byWorkOrder, architect } = report;
  return [
    ...table(
      ['WINDOW', '', 'LIMIT', 'SPENT', 'PRESUMED', 'RESERVED', ''],
      windows.map((window) => [
        nameOf(window),
        bar(window),
        ...[window.limitNanoUsd, window.spentNanoUsd, window.presumedNanoUsd, window.heldNanoUsd].map(
          formatUsd,
        ),
        window.isFrozen ? paint('red', 'frozen: `moose limits --thaw`') : '',
      ]),
      widthMax,
    ),
    paint('dim', `${spentBar} spent  ${presumedBar} presumed spent  ${heldBar} reserved  ${freeBar} free`),
    ...section(
      'Open envelopes',
      ['WORK ORDER', 'RESERVED', 'SPENT', 'PRESUMED', 'IN FLIGHT', 'TITLE'],
      envelopes.map((each) => [
        ...[each.workOrderId ? shortId(each.workOrderId) : each.serviceName, formatUsd(each.reservedNanoUsd)],
        ...[each.spentNanoUsd, each.presumedNanoUsd, each.openNanoUsd].map(formatUsd),
        each.title ?? '',
      ]),
    ),
    ...section(
      'Calls in flight',
      ['MODEL', 'RESERVED', 'ELAPSED', 'WORK ORDER'],
      calls.map(({ model, serviceName, heldNanoUsd, sinceMs, workOrderId }) => [
        ...[model ?? serviceName, formatUsd(heldNanoUsd), `${Math.round(sinceMs / 1_000)} s`],
        workOrderId ? shortId(workOrderId) : '',
      ]),
    ),
    ...section('Spent today, by model', ['MODEL', 'CALLS', 'SPENT'], byModel.map(spentRow)),
    ...section(
      'Spent today, by work order',
      ['WORK ORDER', 'CALLS', 'SPENT', 'TITLE'],
      byWorkOrder.map((each) => [...spentRow({ ...each, subject: shortId(each.subject) }), each.title ?? '']),
    ),
    ...(architect.spentNanoUsd + architect.heldNanoUsd > 0n
      ? [
          '',
          `The Architect, this month: ${formatUsd(architect.spentNanoUsd)} spent, ${formatUsd(architect.heldNanoUsd)} reserved.`,
        ]
      : []),
  ];
}

function spentRow({ subject, calls, nanoUsd }: BudgetReport['byModel'][number]): string[] {
  return [subject, String(calls), formatUsd(nanoUsd)];
}

function section(title: string, header: string[], rows: string[][]): string[] {
  return rows.length === 0 ? [] : ['', paint('bold', title), ...table(header, rows, widthMax)];
}

function nameOf({ key, name }: BudgetReport['windows'][number]): string {
  const [kind = '', of = ''] = key.split(':');
  if (kind === 'project') return `project ${name ?? of}`;
  const [subject, span] = kind.split('_');
  if (subject === 'person' || subject === 'project') return `${subject} ${name ?? of}, ${span} ${of}`;
  return kind === 'work_order' ? `work order ${shortId(of)}` : `${kind} ${of}`;
}

const barChars = 24;
const [spentBar, presumedBar, heldBar, freeBar] = ['█', '▓', '▒', '░'] as const;

/** Every amount above zero gets at least one character, as long as there is room. */
function bar({
  limitNanoUsd,
  spentNanoUsd,
  presumedNanoUsd,
  heldNanoUsd,
}: BudgetReport['windows'][number]): string {
  let left = barChars;
  const part = (nanoUsd: bigint, char: string) => {
    const share = limitNanoUsd > 0n ? Number(nanoUsd) / Number(limitNanoUsd) : 1;
    const count = nanoUsd === 0n ? 0 : Math.min(left, Math.max(1, Math.round(share * barChars)));
    left -= count;
    return char.repeat(count);
  };
  const used = part(spentNanoUsd, spentBar) + part(presumedNanoUsd, presumedBar) + part(heldNanoUsd, heldBar);
  return used + freeBar.repeat(left);
}
