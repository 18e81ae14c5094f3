import type { Command } from 'commander';
import { pauseWorkOrder } from '../../../contract/operations/steering.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { viewLines } from '../../lines/view-lines.ts';

export function addPause(program: Command, context: CliContext): void {
  program
    .command('pause <id>')
    .description('pause a work order: what is running finishes, and nothing new begins until `moose resume`')
    .option('--because <text>', 'the reason, recorded in the history of the work order')
    .action(async (id: string, { because }: { because?: string }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const view = await ask(pauseWorkOrder, { params: { id }, body: { because } });
        printer.print(view, () => viewLines(view));
      }),
    );
}
