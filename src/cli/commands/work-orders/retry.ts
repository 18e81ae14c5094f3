import { type Command, Option } from 'commander';
import { runSteps, type Step } from '../../../domain/transitions.ts';
import type { CliContext } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { parseDuration } from '../../input/durations.ts';
import { withMoose } from '../../input/flags.ts';
import { parseLimit } from '../../input/parse-limit.ts';
import { readText } from '../../input/read-text.ts';
import { viewLines } from '../../lines/view-lines.ts';
import { waitForWorkOrder } from '../../wait-for-work-order.ts';

interface RetryFlags {
  from?: Step;
  model?: string;
  agent?: string;
  note?: string;
  limit?: string;
  timeLimit?: string;
  wait?: boolean;
}

export function addRetry(program: Command, context: CliContext): void {
  program
    .command('retry <id>')
    .description(
      'start another run, where it stopped or at a chosen step; attempts and money already spent still count. For a completed work order whose pull request conflicts: submit a new one that does it again',
    )
    .addOption(new Option('--from <step>', 'the step to start at').choices(runSteps))
    .option('--model <provider/model>', 'use another model')
    .option('--agent <name>', 'use another agent')
    .option('--note <text>', 'add instructions; @FILE reads them from a file')
    .option('--limit <usd>', 'raise its total cost limit, in dollars')
    .option('--time-limit <duration>', 'raise the time limit of the agent, as in 20m')
    .option('--wait', 'wait until it ends')
    .action(async (id: string, options: RetryFlags, command: Command) =>
      withMoose(context, command, async (opened, printer) => {
        const note = options.note === undefined ? undefined : await readText(options.note, context.signal);
        const { from, model, agent } = options;
        const told = await opened.moose.newestEventId(await opened.moose.find(id));
        const view = await opened.moose.retry(id, {
          ...(from ? { from } : {}),
          ...(model ? { model } : {}),
          ...(agent ? { agent } : {}),
          ...(note ? { note } : {}),
          ...(options.limit === undefined ? {} : { limitNanoUsd: parseLimit(options.limit) }),
          ...(options.timeLimit === undefined ? {} : { timeLimitMs: parseDuration(options.timeLimit) }),
        });
        if (!options.wait) return printer.print(view, () => viewLines(view));
        // `view` is a new work order if the retried one was completed.
        const settled = await waitForWorkOrder(
          context,
          opened,
          printer,
          await opened.moose.find(view.id),
          told,
        );
        printer.print(settled, () => viewLines(settled));
        process.exitCode = settled.status === 'completed' ? exitCodes.done : exitCodes.needsReview;
      }),
    );
}
