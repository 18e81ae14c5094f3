// `moose verify`: judges a change of any repository, without a server, a database or a model (R-PART-1).
import { type Command, Option } from 'commander';
import type { PrintedDocument } from '../../../contract/contract.ts';
import { nothingAsked } from '../../../domain/work-order/asked.ts';
import { type VerifyLevel, verifyLevels } from '../../../domain/work-order/verify-level.ts';
import { parseCheck } from '../../../engine/workplace/checks/parse-check.ts';
import { type VerifiedChange, verifyChange } from '../../../engine/workplace/verify/verify-change.ts';
import { changeRange } from '../../../git/commit/change-range.ts';
import { inspectRepository } from '../../../git/refs/repository.ts';
import { writePassing } from '../../../stdx/files/passing-files.ts';
import type { CliContext } from '../../context.ts';
import { exitCodeOf, exitCodes } from '../../exit-codes.ts';
import { junitOf } from '../../formats/junit.ts';
import { sarifOf } from '../../formats/sarif.ts';
import { flagsOf } from '../../input/flags.ts';
import { readText } from '../../input/read-text.ts';
import { type AskedFlags, addAskedFlags, askedIn, collect } from '../../input/submission-flags.ts';
import { readyLine } from '../../lines/init-lines.ts';
import { runText, verifiedLines } from '../../lines/verify-lines.ts';
import { printError } from '../../terminal/printer.ts';

interface VerifyFlags extends AskedFlags {
  repo: string;
  worktree?: true;
  check: string[];
  level?: VerifyLevel;
  task?: string;
  sarif?: string;
  junit?: string;
  verbose?: true;
}

const help = `
RANGE is BASE..HEAD, or BASE alone; the change is what HEAD adds to the last commit that both have. Without it, the change is
what the branch adds to the main branch of origin, or the last commit. The checks are those of .moose/config.yml on the base, those that
are found there, or --check.

Exit codes: 0 verified, 1 not verified, 2 wrong use, 3 could not be judged.
`;

export function addVerify(program: Command, context: CliContext): void {
  const command = program
    .command('verify [range]')
    .description(
      "judge a change with the project's own checks: is it green by its product, or by what it altered beside?",
    )
    .option('--repo <path>', 'the git repository', '.')
    .option('--worktree', 'judge the files of the worktree, committed or not')
    .option('--check <kind=command>', "a check to judge by, e.g. test='npm test'; repeatable", collect, [])
    .addOption(
      new Option('--level <level>', 'how strictly (default: that of .moose/config.yml, or standard)').choices(
        verifyLevels,
      ),
    )
    .option('--task <text>', 'what the change was asked to do; @FILE reads it from a file');
  addAskedFlags(command)
    .option('--sarif <file>', 'also write the findings as SARIF, for the code scanning of a forge')
    .option('--junit <file>', 'also write the verdict as JUnit XML')
    .option('--verbose', 'print what the checks print')
    .addHelpText('after', help)
    .action(async (range: string | undefined, flags: VerifyFlags, self: Command) => {
      const { json } = flagsOf(self);
      try {
        await verify(context, self, range, flags);
      } catch (cause) {
        // That nothing is known about a change must not look like a verdict.
        if (context.signal.aborted || exitCodeOf(cause) === exitCodes.misused) throw cause;
        printError(cause, json);
        process.exitCode = exitCodes.needsReview;
      }
    });
}

async function verify(
  context: CliContext,
  self: Command,
  range: string | undefined,
  flags: VerifyFlags,
): Promise<void> {
  const common = flagsOf(self);
  const { signal } = context;
  const printer = context.printer(common.json);
  const checks = flags.check.map(parseCheck);
  const task = flags.task === undefined ? '' : await readText(flags.task, signal);
  const { root, isDirty } = await inspectRepository(flags.repo, { signal });
  const isOfWorktree = flags.worktree === true;
  if (isDirty && !isOfWorktree) printer.note('Uncommitted changes are left out: --worktree judges them too.');
  const change = await changeRange(root, { range, isOfWorktree }, { signal });
  const { settings, ownPorts } = await context.init(common);
  const verified = await verifyChange(
    { settings, ownPorts, signal },
    {
      repositoryPath: root,
      ...change,
      checks,
      level: flags.level ?? null,
      task,
      asked: askedIn(flags) ?? nothingAsked,
      onRun: (command, run) => printer.note(`Running ${command} ${runText(run)}`),
      onDaemon: (proof) => printer.note(readyLine(proof)),
      ...(flags.verbose
        ? {
            onOutput: (text: string) => {
              for (const line of text.split('\n')) if (line.trim() !== '') printer.note(`    ${line}`);
            },
          }
        : {}),
    },
  );
  const document = documentOf({ root, ...change }, verified);
  if (flags.sarif !== undefined)
    await writePassing(flags.sarif, `${JSON.stringify(sarifOf(document, context.version), null, 2)}\n`);
  if (flags.junit !== undefined) await writePassing(flags.junit, junitOf(document));
  printer.print(document, () => verifiedLines(document));
  process.exitCode = {
    verified: exitCodes.done,
    not_verified: exitCodes.failed,
    not_judged: exitCodes.needsReview,
  }[document.verdict];
}

function documentOf(
  { root, baseSha, headSha }: { root: string; baseSha: string; headSha: string },
  { verdict, because, level, checks, runs, findings }: VerifiedChange,
): PrintedDocument<'verify'> {
  return {
    repository_path: root,
    base_sha: baseSha,
    head_sha: headSha,
    level,
    verdict,
    because,
    checks: checks.map(({ kind, command, passed, exitCode, durationMs, redBefore, outputTail }) => ({
      kind,
      command,
      passed,
      exit_code: exitCode,
      duration_ms: durationMs,
      red_before: redBefore ?? null,
      output_tail: outputTail,
    })),
    runs: runs.map(({ command, run, passed, durationMs }) => ({
      command,
      run,
      where: runText(run),
      passed,
      duration_ms: durationMs,
    })),
    findings: findings.map(({ files, tests, ...finding }) => ({
      ...finding,
      files: [...files],
      tests: [...tests],
    })),
  };
}
