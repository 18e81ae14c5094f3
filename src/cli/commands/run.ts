import type { Command } from 'commander';
import { shortId } from '../../domain/ids.ts';
import { carryOut } from '../carry-out.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { withMoose } from '../flags.ts';
import { addSubmissionFlags, readSubmission, type SubmissionFlags } from '../submission-flags.ts';
import { viewLines } from '../view-lines.ts';

interface RunFlags extends SubmissionFlags {
  wait?: boolean;
}

const dashTitle = 'A title that begins with a dash comes last, after --: moose run --limit 2 -- "-v fails"';

export function addRun(program: Command, context: CliContext): void {
  const run = program
    .command('run <title>')
    .description('submit a work order; it ends in a pull request, or in a question to you');
  addSubmissionFlags(run)
    .option('--wait', 'wait until it ends; exit code 0 only if it completed')
    .addHelpText('after', `\n${dashTitle}`)
    .showHelpAfterError(`(${dashTitle}\n run moose --help to list the commands)`)
    .action(async (title: string, options: RunFlags, command: Command) =>
      withMoose(
        context,
        command,
        async (opened, face) => {
          const submission = await readSubmission(title, options, opened.server);
          const { order, warnings } = await opened.moose.submit(submission);
          for (const warning of warnings) face.note(`Note: ${warning}`);
          if (options.needsApproval) {
            const view = await opened.moose.view(order.id);
            return face.print(view, () => viewLines(view));
          }
          const isCarried = opened.server !== null || (await opened.moose.liveExecutors()) > 0;
          if (isCarried && !options.wait) {
            const view = await opened.moose.view(order.id);
            return face.print(view, () => [
              ...viewLines(view),
              `  Follow it: moose logs ${shortId(order.id)} -f`,
            ]);
          }
          if (!isCarried)
            face.note('No Moose is running: this command does the work itself, and exits when it is done.');
          const view = await carryOut(context, opened, face, order, 0n);
          face.print(view, () => viewLines(view));
          process.exitCode = view.status === 'completed' ? exitCodes.done : exitCodes.needsReview;
        },
        'prepare',
      ),
    );
}
