import type { Command } from 'commander';
import { resumeWorkOrder } from '../../../contract/operations/steering.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { viewLines } from '../../lines/view-lines.ts';

export function addResume(program: Command, context: CliContext): void {
  program
    .command('resume <id>')
    .description('resume a paused work order where it stopped')
    .option('--because <text>', 'the reason, recorded in the history of the work order')
    .action(async (id: string, { because }: { because?: string }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const view = await ask(resumeWorkOrder, { params: { id }, body: { because } });
        printer.print(view, () => viewLines(view));
      }),
    );
}
