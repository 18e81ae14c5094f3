import type { Command } from 'commander';
import { showUndoPlan, undoWorkOrder } from '../../../contract/operations/steering.ts';
import type { CliContext } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { withMoose } from '../../input/flags.ts';
import { viewLines } from '../../lines/view-lines.ts';
import { newestEvent } from '../../remote/follow-events.ts';
import { viewOf } from '../../remote/view-of.ts';
import { waitForWorkOrder } from '../../wait-for-work-order.ts';

export function addUndo(program: Command, context: CliContext): void {
  program
    .command('undo <id>')
    .description(
      'undo everything that Moose did for a work order: pull request, branches, worktree, reserved money',
    )
    .option('--plan', 'only show what it would undo')
    .option('--wait', 'wait until it ends')
    .action(async (id: string, options: { plan?: boolean; wait?: boolean }, command: Command) =>
      withMoose(context, command, async (opened, printer) => {
        const { ask } = opened;
        const { steps: plan } = await ask(showUndoPlan, { params: { id } });
        if (options.plan) {
          const order = await viewOf(ask, id);
          return printer.print({ id: order.id, plan }, () =>
            plan.length === 0
              ? 'Nothing is left to undo.'
              : plan.map(({ kind, does }, index) => `${index + 1}. ${kind}: ${does}`),
          );
        }
        const order = await viewOf(ask, id);
        const { newest_id: told } = await newestEvent(ask, order);
        const view = await ask(undoWorkOrder, { params: { id } });
        if (!options.wait) return printer.print({ ...view, plan }, () => viewLines(view));
        const settled = await waitForWorkOrder(context, opened, printer, order, told);
        printer.print({ ...settled, plan }, () => viewLines(settled));
        process.exitCode = settled.status === 'cancelled' ? exitCodes.done : exitCodes.needsReview;
      }),
    );
}
