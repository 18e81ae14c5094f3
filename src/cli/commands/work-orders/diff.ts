import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { withMoose } from '../../input/flags.ts';

export function addDiff(program: Command, context: CliContext): void {
  program
    .command('diff <id>')
    .description('print the change as a patch')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const view = await moose.view(id);
        const { patch } = await moose.diff(id);
        if (patch === null) {
          throw cliFailures.NO_CHANGE_YET('diff', { explain: view.explain });
        }
        const { id: whole, branch, pull_request } = view;
        printer.printExactly({ id: whole, branch, pull_request, patch }, patch);
      }),
    );
}
