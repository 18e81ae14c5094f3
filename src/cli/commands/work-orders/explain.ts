import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { viewOf } from '../../remote/view-of.ts';

export function addExplain(program: Command, context: CliContext): void {
  program
    .command('explain <id>')
    .description(
      'explain in one line why a work order is not moving: what it waits for, since when, until when, and what would unblock it',
    )
    .action(async (id: string, _options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const view = await viewOf(ask, id);
        printer.print(view, () => view.explain);
      }),
    );
}
