import type { Command } from 'commander';
import { shortId } from '../../domain/ids.ts';
import { parseGivenCheck } from '../../engine/pipeline/checks/given-check.ts';
import { carryOut } from '../carry-out.ts';
import type { CliContext } from '../context.ts';
import { parseDuration } from '../durations.ts';
import { exitCodes } from '../exit-codes.ts';
import { withMoose } from '../flags.ts';
import { parseLimit } from '../parse-limit.ts';
import { readText } from '../read-text.ts';
import { repositoryOf } from '../repository-of.ts';
import { viewLines } from '../view-lines.ts';

interface RunFlags {
  repo?: string;
  project?: string;
  base?: string;
  description?: string;
  acceptance?: string;
  agent?: string;
  model?: string;
  check: string[];
  allowCi?: boolean;
  label: string[];
  limit?: string;
  timeLimit?: string;
  needsApproval?: boolean;
  wait?: boolean;
}

const dashTitle = 'A title that begins with a dash comes last, after --: moose run --limit 2 -- "-v fails"';

export function addRun(program: Command, context: CliContext): void {
  program
    .command('run <title>')
    .description('submit a work order; it ends in a pull request, or in a question to you')
    .option('--repo <path|url>', 'the git repository, here or at a remote (default ".")')
    .option('--project <name>', 'a project, instead of --repo')
    .option('--base <branch>', "the branch to start from (default: the project's, or the repository's own)")
    .option('--description <text>', 'what to do; @FILE reads it from a file, @- from standard input')
    .option('--acceptance <text>', 'how to tell that it is done; @FILE reads it from a file')
    .option(
      '--agent <name>',
      'the agent that makes the change: patch, claude-code, codex, opencode, gemini-cli, qwen-code, pi, aider',
    )
    .option('--model <provider/model>', 'the model to use')
    .option(
      '--check <kind=command>',
      "a check that must pass, e.g. test='npm test'; repeatable",
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--allow-ci', 'allow the change to touch CI and hook configuration')
    .option(
      '--label <key=value>',
      'only a machine with this label runs it (`moose worker --label`); repeatable',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--limit <usd>', 'maximum total cost, in dollars')
    .option(
      '--time-limit <duration>',
      'maximum time for one run of the agent (default: that of the project, or 5m to 45m by agent)',
    )
    .option('--needs-approval', 'begin only after `moose approve`; no money is reserved before')
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

async function readSubmission(title: string, options: RunFlags, server: string | null) {
  return {
    title,
    ...(options.project === undefined
      ? { repositoryPath: repositoryOf(options.repo ?? '.', server) }
      : { project: options.project, repositoryPath: options.repo }),
    base: options.base,
    description: options.description === undefined ? undefined : await readText(options.description),
    acceptance: options.acceptance === undefined ? undefined : await readText(options.acceptance),
    agent: options.agent,
    model: options.model,
    checks: options.check.map(parseGivenCheck),
    allowCiChanges: options.allowCi,
    labels: options.label,
    needsApproval: options.needsApproval,
    limitNanoUsd: options.limit === undefined ? undefined : parseLimit(options.limit),
    timeLimitMs: options.timeLimit === undefined ? undefined : parseDuration(options.timeLimit),
  };
}
