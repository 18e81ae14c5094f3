import { type Command, Option } from 'commander';
import { showMe } from '../../../contract/operations/sign-in.ts';
import { submitWorkOrder } from '../../../contract/operations/steering.ts';
import { groupLimits } from '../../../domain/group.ts';
import { shortId } from '../../../domain/ids.ts';
import type { CliContext } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { withMoose } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';
import {
  addSubmissionFlags,
  collect,
  readSubmission,
  type SubmissionFlags,
} from '../../input/submission-flags.ts';
import { viewLines } from '../../lines/view-lines.ts';
import { dashTitle } from '../../terminal/help-style.ts';
import { waitForGroup } from '../../wait-for-group.ts';

interface RunFlags extends SubmissionFlags {
  bestOf?: number;
  alsoIn: string[];
  wait?: boolean;
}

const bestOfHelp = `With --best-of, each candidate is a work order of its own, and the limit is divided among them. They are ranked by:
checks, findings of the review, refinement cycles, size of the change, cost, time. One pull request is opened; the
others are cancelled, and their branches stay.

Example:
  moose run "Fix the date parser" --best-of 3 --limit 6 --model anthropic/claude-sonnet-4-5 --model openai/gpt-5`;
const alsoInHelp = `With --also-in, each repository has a work order of its own, and the limit is divided among them. Each begins once those
before it have passed their checks, and sees their changes. Nothing is published before all have passed; then each
opens its pull request. Merge them in the order given. If one is cancelled before that, all are. All other options
hold for each.

Example:
  moose run "Add a field for the tax" --repo ../server --also-in ../client`;

const commandHelp = `With --command, a shell command makes the change: a formatter, a codemod, an update. It runs in the sandbox of agents, and
reaches what the setup of the project reaches. The checks, the pull request and CI follow as usual. No model is called
and no limit on money holds it back. If it changes nothing, the work order completes without a pull request; red checks
go to a person, because the command would make the same change again.

Example:
  moose run "Update the lockfile" --project shop --command 'npm update'`;

const askedHelp = `Tests and configuration judge the change, so a change that weakens them is refused. If the task asks for that, say so with
--may-change-tests, --may-skip, --removes or --may-change. Nobody guesses it from the title or the description. A path
stands for that file or folder wherever it is, and for all in it; * stands for a part of a name, ** for folders too.

Example:
  moose run "Move to TypeScript 6" --may-change package-lock.json --may-change 'packages/*/tsconfig.json'`;

export function addRun(program: Command, context: CliContext): void {
  const run = program
    .command('run <title>')
    .description('submit a work order; it ends in a pull request, or in a question to you');
  addSubmissionFlags(run)
    .option(
      '--best-of <n>',
      `make ${groupLimits.min} to ${groupLimits.max} candidates and keep the best; repeat --model or --agent to vary them`,
      countUpTo(groupLimits.max),
    )
    .option(
      '--also-in <path|url|project>',
      'one more repository for the same change, which follows those before it; repeatable',
      collect,
      [],
    )
    .addOption(
      // Nothing ends before somebody approves it.
      new Option('--wait', 'wait until it ends; exit code 0 only if it completed').conflicts('needsApproval'),
    )
    .addHelpText(
      'after',
      `\n${askedHelp}\n\n${commandHelp}\n\n${bestOfHelp}\n\n${alsoInHelp}\n\n${dashTitle}`,
    )
    .action(async (title: string, options: RunFlags, command: Command) =>
      withMoose(
        context,
        command,
        async (opened, printer) => {
          const submission = await readSubmission(title, options, opened.server, context.signal);
          const { work_order: order, warnings } = await opened.ask(submitWorkOrder, { body: submission });
          for (const warning of warnings) printer.note(`Note: ${warning}`);
          if (options.needsApproval) return printer.print(order, () => viewLines(order));
          const runsElsewhere = opened.server !== null || (await opened.ask(showMe)).executors > 0;
          if (runsElsewhere && !options.wait) {
            return printer.print(order, () => [
              ...viewLines(order),
              `  Follow it: \`moose logs ${shortId(order.id)} -f\``,
            ]);
          }
          if (!runsElsewhere)
            printer.note(
              'No Moose is running: this command does the work itself, and exits when it is done.',
            );
          const view = await waitForGroup(context, opened, printer, order);
          printer.print(view, () => viewLines(view));
          process.exitCode = view.status === 'completed' ? exitCodes.done : exitCodes.needsReview;
        },
        'prepare',
      ),
    );
}
