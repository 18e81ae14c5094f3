import type { Command } from 'commander';
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
      withMoose(context, command, async ({ moose }, printer) => {
        await moose.cancel(id);
        const view = await moose.view(id);
        printer.print(view, () => viewLines(view));
      }),
    );
}
