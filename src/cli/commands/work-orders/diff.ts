import type { Command } from 'commander';
import { getDiff } from '../../../contract/operations/work-orders.ts';
import type { CliContext } from '../../context.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { withMoose } from '../../input/flags.ts';
import { viewOf } from '../../remote/view-of.ts';

export function addDiff(program: Command, context: CliContext): void {
  program
    .command('diff <id>')
    .description('print the change as a patch')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const view = await viewOf(ask, id);
        const { patch } = await ask(getDiff, { params: { id }, query: { whole: true } });
        if (patch === null) {
          throw cliFailures.NO_CHANGE_YET('diff', { explain: view.explain });
        }
        const { id: whole, branch, pull_request } = view;
        printer.printExactly({ id: whole, branch, pull_request, patch }, patch);
      }),
    );
}
