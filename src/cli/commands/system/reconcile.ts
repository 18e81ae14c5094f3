import { type Command, Option } from 'commander';
import type { DriftView, Reconciliation } from '../../../contract/contract.ts';
import { answerDrift, listDrift, reconcileNow } from '../../../contract/operations/monitoring.ts';
import { shortId } from '../../../domain/ids.ts';
import type { CliContext } from '../../context.ts';
import { readMoose, withMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';

interface ReconcileFlags {
  plan?: boolean;
  repair?: string;
  leave?: string;
}

export function addReconcile(program: Command, context: CliContext): void {
  program
    .command('reconcile')
    .description(
      'find and repair what differs from the database: processes, worktrees, branches, forges, files and money; only safe repairs are made',
    )
    .addOption(
      new Option('--plan', 'only show the differences, and what would repair each').conflicts([
        'repair',
        'leave',
      ]),
    )
    .addOption(
      new Option(
        '--repair <id>',
        'repair this difference; give the name of a kind to repair all of that kind',
      ).conflicts('leave'),
    )
    .option(
      '--leave <id>',
      'leave this difference as it is, and do not ask about it again; give the name of a kind to leave all of that kind',
    )
    .action(async ({ plan, repair, leave }: ReconcileFlags, command: Command) => {
      if (plan === true)
        return readMoose(context, command, async ({ ask }, printer) => {
          const found = await ask(listDrift, { query: { look: true } });
          printer.print(found, () => reconcileLines(found));
        });
      return withMoose(context, command, async ({ ask }, printer) => {
        const given = repair ?? leave;
        if (given === undefined) {
          const found = await ask(reconcileNow);
          return printer.print(found, () => reconcileLines(found));
        }
        const { items } = await ask(answerDrift, {
          params: { id: given },
          body: { answer: repair === undefined ? 'leave' : 'repair' },
        });
        printer.print({ items }, () => answerLines(items));
      });
    });
}

function answerLines(items: readonly DriftView[]): string[] {
  if (items.length === 0) return ['No open difference of this kind needs an answer.'];
  return items.map(({ what, answer, host }) =>
    answer === 'leave'
      ? `Left as it is: ${what}`
      : `To be repaired within a minute${host === null ? '' : ` by Moose on ${host}`}: ${what}`,
  );
}

export function reconcileLines({ drifts, unread, repaired, counts, looked_at }: Reconciliation): string[] {
  const since = looked_at === null ? [] : repaired.filter(({ ended_at }) => (ended_at ?? '') >= looked_at);
  const sides = Map.groupBy(drifts, ({ side }) => side);
  return [
    ...since.map(({ what, repair }) => `${paint('green', '✓')} ${what}: ${repair ?? 'repaired'}`),
    ...Array.from(sides).flatMap(([side, ones]) => [paint('bold', side), ...ones.flatMap(driftLines)]),
    ...unread.map(({ kind, because }) => `${paint('yellow', '!')} Could not check for ${kind}: ${because}`),
    summaryLine(counts),
  ];
}

function driftLines(drift: DriftView): string[] {
  const { id, kind, what, evidence, repair, host, failure } = drift;
  return [
    `  ${markOf(drift)} ${what}`,
    `      why     ${evidence}${host === null ? '' : ` (seen on ${host})`}`,
    `      repair  ${repair ?? 'none: check it yourself'}`,
    ...(failure === null ? [] : [`      ${paint('red', 'failed')}  ${failure}`]),
    `      ${answerOf(drift)} · ${kind}${id === null ? '' : ` · ${shortId(id)}`}`,
  ];
}

function markOf({ is_safe, answer }: DriftView): string {
  if (answer === 'leave') return paint('gray', '=');
  return is_safe || answer === 'repair' ? paint('green', '+') : paint('yellow', '?');
}

function answerOf({ id, is_safe, answer, answered_by, repair }: DriftView): string {
  if (answer === 'leave') return `left as it is by ${answered_by}`;
  if (answer === 'repair') return `to be repaired, as ${answered_by} said`;
  if (is_safe) return 'safe: Moose repairs it automatically';
  if (id === null) return 'needs your answer';
  const leave = `\`moose reconcile --leave ${shortId(id)}\``;
  return repair === null
    ? `needs you: ${leave}`
    : `needs your answer: \`moose reconcile --repair ${shortId(id)}\`, or ${leave}`;
}

function summaryLine({ safe, asked, left }: Reconciliation['counts']): string {
  if (safe + asked + left === 0) return 'No differences: processes, files and forges match the database.';
  const repairs = safe === 1 ? '1 repair is safe' : `${safe} repairs are safe`;
  const needs = asked === 1 ? '1 needs your answer' : `${asked} need your answer`;
  return `Plan: ${repairs}, ${needs}${left === 0 ? '' : `, ${left} left as ${left === 1 ? 'it is' : 'they are'}`}.`;
}
