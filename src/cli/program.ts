// The command line: parse, call, print. Each command is a file of its own under commands/.
import { Command, CommanderError } from 'commander';
import { addClassify } from './commands/errors/classify.ts';
import { addErrors } from './commands/errors/errors.ts';
import { addReproduce } from './commands/errors/reproduce.ts';
import { addLearning } from './commands/learning/learning.ts';
import { addReplay } from './commands/learning/replay.ts';
import { addBudget } from './commands/money/budget.ts';
import { addLimits } from './commands/money/limits.ts';
import { addPrices } from './commands/money/prices.ts';
import { addForge } from './commands/projects/forge.ts';
import { addInit } from './commands/projects/init.ts';
import { addProject } from './commands/projects/project.ts';
import { addSchedule } from './commands/projects/schedule.ts';
import { addAlerts } from './commands/questions/alerts.ts';
import { addAnswer } from './commands/questions/answer.ts';
import { addEscalations } from './commands/questions/escalations.ts';
import { addHandOn } from './commands/questions/hand-on.ts';
import { addAgents } from './commands/settings/agents.ts';
import { addAudit } from './commands/settings/audit.ts';
import { addConfig } from './commands/settings/config.ts';
import { addInvites } from './commands/settings/invites.ts';
import { addTokens } from './commands/settings/tokens.ts';
import { addContract } from './commands/specs/contract.ts';
import { addSpecs } from './commands/specs/specs.ts';
import { addBackup } from './commands/system/backup.ts';
import { addChaos } from './commands/system/chaos.ts';
import { addCircuits } from './commands/system/circuits.ts';
import { addCleanup } from './commands/system/cleanup.ts';
import { addCompletion } from './commands/system/completion.ts';
import { addDemo } from './commands/system/demo.ts';
import { addDoctor } from './commands/system/doctor.ts';
import { addHealth } from './commands/system/health.ts';
import { addMachine } from './commands/system/machine.ts';
import { addMcp } from './commands/system/mcp.ts';
import { addOpen } from './commands/system/open.ts';
import { addReconcile } from './commands/system/reconcile.ts';
import { addRestore } from './commands/system/restore.ts';
import { addStuck } from './commands/system/stuck.ts';
import { addSummary } from './commands/system/summary.ts';
import { addTargets } from './commands/system/targets.ts';
import { addTrends } from './commands/system/trends.ts';
import { addUp } from './commands/system/up.ts';
import { addUpgrade } from './commands/system/upgrade.ts';
import { addApprove } from './commands/work-orders/approve.ts';
import { addAttach } from './commands/work-orders/attach.ts';
import { addCancel } from './commands/work-orders/cancel.ts';
import { addDiff } from './commands/work-orders/diff.ts';
import { addExplain } from './commands/work-orders/explain.ts';
import { addLogs } from './commands/work-orders/logs.ts';
import { addLs } from './commands/work-orders/ls.ts';
import { addMerge } from './commands/work-orders/merge.ts';
import { addPause } from './commands/work-orders/pause.ts';
import { addPostmortem } from './commands/work-orders/postmortem.ts';
import { addPreview } from './commands/work-orders/preview.ts';
import { addResume } from './commands/work-orders/resume.ts';
import { addRetry } from './commands/work-orders/retry.ts';
import { addRun } from './commands/work-orders/run.ts';
import { addSend } from './commands/work-orders/send.ts';
import { addShow } from './commands/work-orders/show.ts';
import { addUndo } from './commands/work-orders/undo.ts';
import { addVerify } from './commands/work-orders/verify.ts';
import type { CliContext } from './context.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { flagsOf } from './input/flags.ts';
import { refuseEmptyWords, refuseUnknownSubcommand } from './input/strict-words.ts';
import { asksForJson, printSaid, printUsageError, sayInto } from './input/usage.ts';
import { helpAsCalled, rememberData } from './terminal/as-called.ts';
import { helpStyle, hintOf, summaryOf } from './terminal/help-style.ts';
import { paint, printError } from './terminal/printer.ts';
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
      addPreview,
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
  'Without a server': [addVerify, addClassify],
  Testing: [addChaos, addReplay, addContract],
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
    .showHelpAfterError('(run `moose --help` to list the commands)')
    .configureHelp(helpStyle)
    .exitOverride();
  if (said) sayInto(said, program);
  else
    program.configureOutput({
      writeOut: (text) => process.stdout.write(helpAsCalled(text)),
      writeErr: (text) => process.stderr.write(helpAsCalled(text)),
    });
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
  program.hook('preAction', (_, command) => {
    rememberData(flagsOf(command).data);
    refuseEmptyWords(command);
  });
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
