// The command line: parse, call, print. Each command is a file of its own under commands/.
import { Command, CommanderError } from 'commander';
import { addAgents } from './commands/agents.ts';
import { addAlerts } from './commands/alerts.ts';
import { addAnswer } from './commands/answer.ts';
import { addApprove } from './commands/approve.ts';
import { addAttach } from './commands/attach.ts';
import { addAudit } from './commands/audit.ts';
import { addBackup } from './commands/backup.ts';
import { addBudget } from './commands/budget.ts';
import { addCancel } from './commands/cancel.ts';
import { addChaos } from './commands/chaos.ts';
import { addCircuits } from './commands/circuits.ts';
import { addClassify } from './commands/classify.ts';
import { addCleanup } from './commands/cleanup.ts';
import { addCompletion } from './commands/completion.ts';
import { addConfig } from './commands/config.ts';
import { addContract } from './commands/contract.ts';
import { addDemo } from './commands/demo.ts';
import { addDiff } from './commands/diff.ts';
import { addDoctor } from './commands/doctor.ts';
import { addErrors } from './commands/errors.ts';
import { addEscalations } from './commands/escalations.ts';
import { addExplain } from './commands/explain.ts';
import { addForge } from './commands/forge.ts';
import { addHandOn } from './commands/hand-on.ts';
import { addHealth } from './commands/health.ts';
import { addInit } from './commands/init.ts';
import { addInvites } from './commands/invites.ts';
import { addLearning } from './commands/learning.ts';
import { addLimits } from './commands/limits.ts';
import { addLogs } from './commands/logs.ts';
import { addLs } from './commands/ls.ts';
import { addMachine } from './commands/machine.ts';
import { addMcp } from './commands/mcp.ts';
import { addMerge } from './commands/merge.ts';
import { addOpen } from './commands/open.ts';
import { addPause } from './commands/pause.ts';
import { addPostmortem } from './commands/postmortem.ts';
import { addPrices } from './commands/prices.ts';
import { addProject } from './commands/project.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addReplay } from './commands/replay.ts';
import { addReproduce } from './commands/reproduce.ts';
import { addRestore } from './commands/restore.ts';
import { addResume } from './commands/resume.ts';
import { addRetry } from './commands/retry.ts';
import { addRun } from './commands/run.ts';
import { addSchedule } from './commands/schedule.ts';
import { addSend } from './commands/send.ts';
import { addShow } from './commands/show.ts';
import { addSpecs } from './commands/specs.ts';
import { addStuck } from './commands/stuck.ts';
import { addSummary } from './commands/summary.ts';
import { addTargets } from './commands/targets.ts';
import { addTokens } from './commands/tokens.ts';
import { addTrends } from './commands/trends.ts';
import { addUndo } from './commands/undo.ts';
import { addUp } from './commands/up.ts';
import { addUpgrade } from './commands/upgrade.ts';
import type { CliContext } from './context.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { helpStyle, hintOf, summaryOf } from './help-style.ts';
import { paint, printError } from './printer.ts';
import { refuseEmptyWords, refuseUnknownSubcommand } from './strict-words.ts';
import { asksForJson, printSaid, printUsageError, sayInto } from './usage.ts';
import { isStopped } from './wait-for-work-order.ts';

/** The commands as `moose --help` lists them. */
const groups: Readonly<Record<string, readonly ((program: Command, context: CliContext) => void)[]>> = {
  'Getting started': [addDemo, addDoctor, addInit, addUp, addOpen],
  'Work orders': [
    ...[
      addRun,
      addLs,
      addShow,
      addLogs,
      addAttach,
      addDiff,
      addExplain,
      addSend,
      addApprove,
      addPause,
      addResume,
    ],
    ...[addRetry, addMerge, addCancel, addUndo, addSchedule, addSpecs],
  ],
  Questions: [addEscalations, addAnswer, addHandOn],
  Money: [addBudget, addLimits, addPrices],
  'Failures and health': [
    ...[addHealth, addStuck, addAlerts, addErrors, addReproduce, addPostmortem, addCircuits],
    addReconcile,
  ],
  Results: [addSummary, addTrends, addTargets, addLearning],
  'Projects and settings': [addProject, addForge, addAgents, addConfig],
  Access: [addTokens, addInvites, addAudit, addMcp],
  'This installation': [addMachine, addBackup, addRestore, addCleanup, addUpgrade, addCompletion],
  Testing: [addChaos, addReplay, addClassify, addContract],
};

/** @param said - collects what commander prints, in place of stdout and stderr */
export function createProgram(context: CliContext, said?: string[]): Command {
  const program = new Command('moose')
    .description(
      'Runs LLM coding agents on your repositories, unattended, and is built around what goes wrong.',
    )
    .version(context.version)
    .option('--data <dir>', 'where Moose keeps its state (MOOSE_DATA; default ~/.moose)')
    .option('--json', 'print one JSON document, or JSON lines if the command streams')
    .showHelpAfterError('(run moose --help to list the commands)')
    .configureHelp(helpStyle)
    .exitOverride();
  if (said) sayInto(said, program);
  for (const [heading, adders] of Object.entries(groups)) {
    program.commandsGroup(`${heading}:`);
    for (const add of adders) add(program, context);
  }
  for (const command of program.commands)
    if (!command.summary()) command.summary(summaryOf(command.description()));
  for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
    // Both options may come before or after the name of the command.
    command.option('--json', 'print JSON').option('--data <dir>', 'where Moose keeps its state');
    command.showHelpAfterError(hintOf(command)).exitOverride();
    command.hook('preSubcommand', refuseUnknownSubcommand);
  }
  program.hook('preAction', (_, command) => refuseEmptyWords(command));
  program.addHelpText(
    'after',
    `
${paint('bold', 'Examples:')}
  moose demo
  moose up
  moose run "Fix the date parser" --repo . --wait

moose COMMAND --help describes a command and its options.`,
  );
  return program;
}

/** Runs the command line and returns its exit code: 0 only if the request was completed. */
export async function runProgram(context: CliContext, argv: readonly string[]): Promise<number> {
  const isJson = asksForJson(argv);
  const said: string[] = [];
  try {
    await createProgram({ ...context }, isJson ? said : undefined).parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? exitCodes.done);
  } catch (error) {
    if (error instanceof CommanderError) {
      const isDone = error.exitCode === 0;
      if (isJson && isDone) printSaid(said);
      else if (isJson) printUsageError(error);
      return isDone ? exitCodes.done : exitCodes.misused;
    }
    if (context.signal.aborted) {
      if (isStopped(error)) printError(error, isJson);
      return exitCodes.stopped;
    }
    printError(error, isJson);
    return exitCodeOf(error);
  }
}
