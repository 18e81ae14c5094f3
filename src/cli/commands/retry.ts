import { type Command, Option } from 'commander';
import { type Step, steps } from '../../domain/transitions.ts';
import { carryOut } from '../carry-out.ts';
import type { CliContext } from '../context.ts';
import { parseDuration } from '../durations.ts';
import { exitCodes } from '../exit-codes.ts';
import { withMoose } from '../flags.ts';
import { parseLimit } from '../parse-limit.ts';
import { readText } from '../read-text.ts';
import { viewLines } from '../view-lines.ts';

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
      'another run, from where it stopped or from a chosen step; spent attempts and money stay counted. Of a completed one whose pull request conflicts: a new work order that does it again',
    )
    .addOption(
      new Option('--from <step>', 'the step to start from').choices(
        steps.filter((step) => step !== 'awaiting_ci'),
      ),
    )
    .option('--model <provider/model>', 'with another model')
    .option('--agent <name>', 'with another agent')
    .option('--note <text>', 'with added instructions; @FILE reads them from a file')
    .option('--limit <usd>', 'raise what it may spend in all, in dollars')
    .option('--time-limit <duration>', 'raise what its agent may take, as in 20m')
    .option('--wait', 'wait for its end')
    .action(async (id: string, options: RetryFlags, command: Command) =>
      withMoose(context, command, async (opened, face) => {
        const note = options.note === undefined ? undefined : await readText(options.note);
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
        if (!options.wait) return face.print(view, () => viewLines(view));
        // Another one, where it does a completed one again.
        const settled = await carryOut(context, opened, face, await opened.moose.find(view.id), told);
        face.print(settled, () => viewLines(settled));
        process.exitCode = settled.status === 'completed' ? exitCodes.done : exitCodes.needsReview;
      }),
    );
}
