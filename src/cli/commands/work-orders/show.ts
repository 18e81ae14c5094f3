import type { Command } from 'commander';
import { showWorkOrderRecord } from '../../../contract/operations/work-orders.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { detailLines } from '../../lines/view-lines.ts';

export function addShow(program: Command, context: CliContext): void {
  program
    .command('show <id>')
    .description(
      'show one work order in full: steps, processes, checks, errors, effects; --json adds its decisions',
    )
    .action(async (id: string, _options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const detail = await ask(showWorkOrderRecord, { params: { id } });
        printer.print(detail, () => detailLines(detail));
      }),
    );
}
