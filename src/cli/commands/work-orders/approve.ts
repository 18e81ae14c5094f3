import type { Command } from 'commander';
import { approveWorkOrder } from '../../../contract/operations/steering.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { viewLines } from '../../lines/view-lines.ts';

export function addApprove(program: Command, context: CliContext): void {
  program
    .command('approve <id>')
    .description('approve a work order that was submitted with --needs-approval')
    .option('--because <text>', 'the reason, recorded in the history of the work order')
    .action(async (id: string, { because }: { because?: string }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const view = await ask(approveWorkOrder, { params: { id }, body: { because } });
        printer.print(view, () => viewLines(view));
      }),
    );
}
