import type { Command } from 'commander';
import type { Cleanup } from '../../../contract/contract.ts';
import { planCleanup } from '../../../contract/operations/cleanup.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { cleanUpThere } from '../../remote/clean-up-there.ts';
import { table } from '../../terminal/table.ts';
import { sizeOf } from './backup.ts';

const widthMax = 120;

export function addCleanup(program: Command, context: CliContext): void {
  program
    .command('cleanup')
    .description('delete what finished work left behind, now instead of gradually')
    .option('--plan', 'only show what would be deleted')
    .action(async ({ plan }: { plan?: boolean }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { signal } = context;
        const found = plan ? await ask(planCleanup, { signal }) : await cleanUpThere(ask, signal);
        printer.print(found, () => cleanupLines(found));
      }),
    );
}

export function cleanupLines({ host, before, is_done, items }: Cleanup): string[] {
  const day = `${before.slice(0, 16).replace('T', ' ')} UTC`;
  const rows = items.map(({ kind, place, count, bytes, is_at_least, rule }) => [
    kind,
    place === 'database' ? place : host,
    String(count),
    bytes === null ? '' : `${is_at_least ? 'at least ' : ''}${sizeOf(bytes)}`,
    rule,
  ]);
  return [
    `${is_done ? 'Deleted' : 'Due for deletion'}, of work that ended before ${day}:`,
    ...table(['WHAT', 'WHERE', 'COUNT', 'SIZE', 'RULE'], rows, widthMax),
    'Commits, patches and records of work orders are kept. All work that is waiting or not pushed is kept too.',
  ];
}
