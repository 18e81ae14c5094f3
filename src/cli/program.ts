// The command line: parse, call, print. Each command is a file of its own under commands/.
import { Command, CommanderError } from 'commander';
import { addAlerts } from './commands/alerts.ts';
import { addAnswer } from './commands/answer.ts';
import { addApprove } from './commands/approve.ts';
import { addBudget } from './commands/budget.ts';
import { addCancel } from './commands/cancel.ts';
import { addCircuits } from './commands/circuits.ts';
import { addClassify } from './commands/classify.ts';
import { addConfig } from './commands/config.ts';
import { addDemo } from './commands/demo.ts';
import { addDiff } from './commands/diff.ts';
import { addDoctor } from './commands/doctor.ts';
import { addErrors } from './commands/errors.ts';
import { addEscalations } from './commands/escalations.ts';
import { addExplain } from './commands/explain.ts';
import { addHealth } from './commands/health.ts';
import { addLearning } from './commands/learning.ts';
import { addLimits } from './commands/limits.ts';
import { addLogs } from './commands/logs.ts';
import { addLs } from './commands/ls.ts';
import { addMcp } from './commands/mcp.ts';
import { addMerge } from './commands/merge.ts';
import { addOpen } from './commands/open.ts';
import { addPause } from './commands/pause.ts';
import { addPrices } from './commands/prices.ts';
import { addReproduce } from './commands/reproduce.ts';
import { addResume } from './commands/resume.ts';
import { addRetry } from './commands/retry.ts';
import { addRun } from './commands/run.ts';
import { addShow } from './commands/show.ts';
import { addSpecs } from './commands/specs.ts';
import { addStuck } from './commands/stuck.ts';
import { addSummary } from './commands/summary.ts';
import { addTokens } from './commands/tokens.ts';
import { addTrends } from './commands/trends.ts';
import { addUndo } from './commands/undo.ts';
import { addUp } from './commands/up.ts';
import type { CliContext } from './context.ts';
import { printError } from './face.ts';

const usageError = 2;

const adders = [
  addDemo,
  addUp,
  addOpen,
  addTokens,
  addDoctor,
  addRun,
  addLs,
  addShow,
  addLimits,
  addPrices,
  addBudget,
  addLogs,
  addDiff,
  addExplain,
  addErrors,
  addReproduce,
  addEscalations,
  addAnswer,
  addApprove,
  addPause,
  addResume,
  addRetry,
  addCancel,
  addUndo,
  addAlerts,
  addConfig,
  addCircuits,
  addStuck,
  addHealth,
  addSummary,
  addTrends,
  addLearning,
  addSpecs,
  addClassify,
  addMerge,
  addMcp,
];

export function createProgram(context: CliContext): Command {
  const program = new Command('moose')
    .description(
      'Runs LLM coding agents on your repositories, unattended, and is built around what goes wrong.',
    )
    .version(context.version)
    .option('--data <dir>', 'where Moose keeps its state (MOOSE_DATA; default ~/.moose)')
    .option('--json', 'print one JSON document, or JSON lines where the command streams')
    .showHelpAfterError('(moose --help shows the commands)')
    .exitOverride();
  for (const add of adders) add(program, context);
  for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
    // Both are said before or after the command's name.
    command.option('--json', 'print JSON').option('--data <dir>', 'where Moose keeps its state');
    command.exitOverride();
  }
  program.addHelpText(
    'after',
    `
Try it:      moose demo
Real work:   moose up            (in one terminal)
             moose run "Mend the date parser" --repo . --wait
Look:        moose ls · moose show ID · moose logs ID -f · moose explain ID
Decide:      moose escalations · moose answer ID OPTION`,
  );
  return program;
}

/** Runs the command line; the answer is the exit code: 0 only when what was asked for was done. */
export async function runProgram(context: CliContext, argv: readonly string[]): Promise<number> {
  const isJson = argv.includes('--json');
  let exitCode = 0;
  const program = createProgram({ ...context });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    exitCode = Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    if (context.signal.aborted) return 130;
    printError(error, isJson);
    exitCode = 1;
  }
  return exitCode;
}
