import { resolve } from 'node:path';
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
import { viewLines } from '../view-lines.ts';

interface RunFlags {
  repo: string;
  description?: string;
  acceptance?: string;
  agent?: string;
  model?: string;
  check: string[];
  allowCi?: boolean;
  limit?: string;
  timeLimit?: string;
  needsApproval?: boolean;
  wait?: boolean;
}

export function addRun(program: Command, context: CliContext): void {
  program
    .command('run <title>')
    .description('submit a work order; it ends in a pull request, or in a question to you')
    .option('--repo <path>', 'the git repository', '.')
    .option('--description <text>', 'what is to be done; @FILE reads it from a file, @- from standard input')
    .option('--acceptance <text>', 'how one sees that it is done; @FILE reads it from a file')
    .option(
      '--agent <name>',
      'who makes the change: patch, claude-code, codex, opencode, gemini-cli, qwen-code, pi, aider',
    )
    .option('--model <provider/model>', 'which model is asked')
    .option(
      '--check <kind=command>',
      "a check that has to pass, e.g. test='npm test'; may be repeated",
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--allow-ci', 'let the change touch what configures CI or hooks')
    .option('--limit <usd>', 'the most it may cost in all, in dollars')
    .option('--time-limit <duration>', 'the most that one run of the agent may take (5m)')
    .option('--needs-approval', 'let it begin only after `moose approve`: nothing is set aside before')
    .option('--wait', 'wait for its end; exit code 0 only when it completed')
    .action(async (title: string, options: RunFlags, command: Command) =>
      withMoose(
        context,
        command,
        async (opened, face) => {
          const submission = await readSubmission(title, options);
          const { order, warnings } = await opened.moose.submit(submission);
          for (const warning of warnings) face.note(`Note: ${warning}`);
          if (options.needsApproval) {
            const view = await opened.moose.view(order.id);
            return face.print(view, () => viewLines(view));
          }
          const isCarried = (await opened.moose.liveExecutors()) > 0;
          if (isCarried && !options.wait) {
            const view = await opened.moose.view(order.id);
            return face.print(view, () => [
              ...viewLines(view),
              `  Follow it: moose logs ${shortId(order.id)} -f`,
            ]);
          }
          if (!isCarried) face.note('No Moose is running: this one does the work, and ends with it.');
          const view = await carryOut(context, opened, face, order, 0n);
          face.print(view, () => viewLines(view));
          process.exitCode = view.status === 'completed' ? exitCodes.done : exitCodes.needsReview;
        },
        'prepare',
      ),
    );
}

async function readSubmission(title: string, options: RunFlags) {
  return {
    title,
    repositoryPath: resolve(options.repo),
    description: options.description === undefined ? undefined : await readText(options.description),
    acceptance: options.acceptance === undefined ? undefined : await readText(options.acceptance),
    agent: options.agent,
    model: options.model,
    checks: options.check.map(parseGivenCheck),
    allowCiChanges: options.allowCi,
    needsApproval: options.needsApproval,
    limitNanoUsd: options.limit === undefined ? undefined : parseLimit(options.limit),
    timeLimitMs: options.timeLimit === undefined ? undefined : parseDuration(options.timeLimit),
  };
}
