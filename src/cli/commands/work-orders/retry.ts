import { type Command, Option } from 'commander';
import { retryWorkOrder } from '../../../contract/operations/steering.ts';
import { usdNumber } from '../../../domain/money.ts';
import { runSteps, type Step } from '../../../domain/transitions.ts';
import type { CliContext } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { parseDuration } from '../../input/durations.ts';
import { withMoose } from '../../input/flags.ts';
import { parseLimit } from '../../input/parse-limit.ts';
import { readText } from '../../input/read-text.ts';
import { viewLines } from '../../lines/view-lines.ts';
import { newestEvent } from '../../remote/follow-events.ts';
import { viewOf } from '../../remote/view-of.ts';
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
        const { from, model, agent, limit, timeLimit } = options;
        const { newest_id: told } = await newestEvent(opened.ask, await viewOf(opened.ask, id));
        const view = await opened.ask(retryWorkOrder, {
          params: { id },
          body: {
            from: from || undefined,
            model: model || undefined,
            agent: agent || undefined,
            note: note || undefined,
            limit_usd: limit === undefined ? undefined : usdNumber(parseLimit(limit)),
            time_limit_ms: timeLimit === undefined ? undefined : parseDuration(timeLimit),
          },
        });
        if (!options.wait) return printer.print(view, () => viewLines(view));
        // `view` is a new work order if the retried one was completed.
        const settled = await waitForWorkOrder(context, opened, printer, view, told);
        printer.print(settled, () => viewLines(settled));
        process.exitCode = settled.status === 'completed' ? exitCodes.done : exitCodes.needsReview;
      }),
    );
}
