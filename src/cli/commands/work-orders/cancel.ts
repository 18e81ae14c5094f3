import type { Command } from 'commander';
import { cancelWorkOrder } from '../../../contract/operations/steering.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { viewLines } from '../../lines/view-lines.ts';

export function addCancel(program: Command, context: CliContext): void {
  program
    .command('cancel <id>')
    .description(
      'cancel a work order: its process is stopped and its worktree removed; its branch and commits stay',
    )
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const view = await ask(cancelWorkOrder, { params: { id } });
        printer.print(view, () => viewLines(view));
      }),
    );
}
