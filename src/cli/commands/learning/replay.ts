import { type Command, InvalidArgumentError, Option } from 'commander';
import { estimators } from '../../../domain/learning/estimators.ts';
import { optionInvalid } from '../../../engine/learning/replay/replay-failure.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf, readMoose } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';
import type { ReplayOptions } from '../../run-replay.ts';

const ordersMax = 10_000;
const triesMax = 100;

/** Needs no database except for `--own`: otherwise it reads only files or standard input. */
export function addReplay(program: Command, context: CliContext): void {
  program
    .command('replay')
    .description(
      'compare policies on past outcomes: a table of outcomes or a log of decisions; or let an external judge test the learned policy',
    )
    .addOption(
      new Option('--table <file>', 'simulate policies on a table of outcomes (JSON)').conflicts([
        'log',
        'interactive',
      ]),
    )
    .addOption(
      new Option('--log <file>', 'estimate fixed plans from a log of decisions (JSON lines)').conflicts(
        'interactive',
      ),
    )
    .addOption(
      new Option('--own', "estimate fixed plans from Moose's own log of decisions").conflicts([
        'table',
        'log',
        'interactive',
      ]),
    )
    .option('--interactive', 'talk to an external judge: JSON lines on standard input and output')
    .option(
      '--policy <policies>',
      'learned,static with --table (the default); fixed:ARM>ARM>ARM,… with --log',
    )
    .option('--estimator <estimators>', 'with --log: ips, snips, dr', listOf(estimators), [...estimators])
    .option('--value <dollars>', 'what a finished task is worth', parseValue, 3)
    .option('--tries <count>', 'tries per task', countUpTo(triesMax), 3)
    .option('--orders <count>', 'with --table: random orders of the tasks', countUpTo(ordersMax), 20)
    .option('--seed <number>', 'with --table: the seed of all random numbers', wholeNumber, 1)
    .option('--warm <count>', 'with --table: report the first tasks separately, this many', wholeNumber, 100)
    .option('--arms <arms>', 'with --table: only these arms, separated by commas', (text) => text.split(','))
    .option('--trace <file>', 'with --table: write every decision to this file')
    .action(async (options: ReplayOptions, command: Command) => {
      const printer = context.printer(flagsOf(command).json);
      const { answerJudge, printLog, printOwnLog, printTable } = await import('../../run-replay.ts');
      if (options.interactive) return answerJudge(context.signal);
      if (options.table !== undefined) return printTable(options.table, options, printer, context.signal);
      if (options.log !== undefined) return printLog(options.log, options, printer, context.signal);
      if (options.own)
        return readMoose(context, command, ({ ask }) => printOwnLog(ask, options, printer, context.signal));
      throw optionInvalid('it needs --table FILE, --log FILE, --own or --interactive');
    });
}

function parseValue(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0 && value <= 1e9) return value;
  throw new InvalidArgumentError('It must be a positive number of dollars.');
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, 0 or more.');
}

function listOf<Name extends string>(names: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const given = [...new Set(text.split(','))];
    const known = names.filter((name) => given.includes(name));
    if (known.length === given.length) return known;
    throw new InvalidArgumentError(`It must be some of ${names.join(', ')}, separated by commas.`);
  };
}
