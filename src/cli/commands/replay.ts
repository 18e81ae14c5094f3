import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Estimator,
  estimators,
  type OwnLog,
  type ReplayedLog,
  type ReplayedTable,
} from '../../contract/contract.ts';
import type { DecisionLog } from '../../engine/learning/replay/decision-log.ts';
import { estimatePlan } from '../../engine/learning/replay/estimate-plan.ts';
import { JudgedSession, lineInvalid } from '../../engine/learning/replay/judged-session.ts';
import type { OwnPolicy } from '../../engine/learning/replay/players.ts';
import { optionInvalid } from '../../engine/learning/replay/replay-failure.ts';
import { replayTable } from '../../engine/learning/replay/replay-table.ts';
import type { CliContext } from '../context.ts';
import type { Face } from '../face.ts';
import { flagsOf, readMoose } from '../flags.ts';
import { LineFile } from '../line-file.ts';
import { countUpTo } from '../parse-count.ts';
import { judgeLines, readLog, readOwnLog, readTable } from '../replay-input.ts';
import { replayedLogLines, replayedTableLines } from '../replay-lines.ts';

interface Options {
  table?: string;
  log?: string;
  own?: true;
  interactive?: true;
  policy?: string;
  estimator: Estimator[];
  value: number;
  tries: number;
  orders: number;
  seed: number;
  warm: number;
  arms?: string[];
  trace?: string;
}

const ordersMax = 10_000;
const triesMax = 100;

/** Needs no database except for `--own`: otherwise it reads only files or standard input. */
export function addReplay(program: Command, context: CliContext): void {
  program
    .command('replay')
    .description(
      'compare policies on a table of outcomes or on a log of decisions, or let an external judge test the learned policy',
    )
    .addOption(
      new Option('--table <file>', 'play policies on a table of outcomes (JSON)').conflicts([
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
    .option('--seed <number>', 'with --table: what all randomness follows from', wholeNumber, 1)
    .option('--warm <count>', 'with --table: how many first tasks are counted apart', wholeNumber, 100)
    .option('--arms <arms>', 'with --table: only these arms, separated by commas', (text) => text.split(','))
    .option('--trace <file>', 'with --table: write every decision to this file')
    .action(async (options: Options, command: Command) => {
      const face = context.face(flagsOf(command).json);
      if (options.interactive) return answerJudge(context.signal);
      if (options.table !== undefined) return printTable(options.table, options, face, context.signal);
      if (options.log !== undefined) return printLog(options.log, options, face, context.signal);
      if (options.own)
        return readMoose(context, command, async ({ moose }) => {
          const named = plansOf(options.policy);
          const { log, missing } = await readOwnLog(moose, [...named.values()], context.signal);
          printEstimates({ log, named, file: 'own', missing }, options, face);
        });
      throw optionInvalid('it needs --table FILE, --log FILE, --own or --interactive');
    });
}

async function printTable(path: string, options: Options, face: Face, signal: AbortSignal): Promise<void> {
  const policies = ownPolicies(options.policy ?? 'learned,static');
  const { table, sha256 } = await readTable(path, options.arms);
  const trace = options.trace === undefined ? null : openTrace(options.trace);
  try {
    const onDecision = trace ? { onDecision: (line: object) => trace.add(line) } : {};
    const played = await replayTable(table, { ...options, policies, ...onDecision }, signal);
    const { value, tries, orders, seed, warm } = options;
    const document: ReplayedTable = {
      command: 'replay',
      table: {
        ...{ file: path, sha256, instances: table.tasks.length },
        ...{ arms: table.arms.map(({ arm }) => arm), missing_cells: table.missingCells },
      },
      ...{ value, tries, orders, seed, warm },
      ...played,
    };
    face.printExactly(document, `${replayedTableLines(document).join('\n')}\n`);
  } finally {
    trace?.close();
  }
}

function openTrace(path: string): LineFile {
  try {
    return new LineFile(path);
  } catch (cause) {
    throw optionInvalid(`the trace cannot be written to ${path}`, cause);
  }
}

async function printLog(path: string, options: Options, face: Face, signal: AbortSignal): Promise<void> {
  const named = plansOf(options.policy);
  const log = await readLog(path, [...named.values()], signal);
  printEstimates({ log, named, file: path }, options, face);
}

function printEstimates(
  given: {
    log: DecisionLog;
    named: ReadonlyMap<string, string[]>;
    file: string;
    missing?: OwnLog['missing'];
  },
  options: Options,
  face: Face,
): void {
  const { log, named, file, missing } = given;
  const { value } = options;
  const gained = log.workOrders
    .flat()
    .reduce((sum, each) => sum + value * Number(each.passed) - each.cost, 0);
  const document: ReplayedLog = {
    command: 'replay',
    log: {
      ...{ file, work_orders: log.workOrders.length },
      ...(missing === undefined ? {} : { missing }),
      ...{ decisions: log.decisions, min_propensity: log.minPropensity },
    },
    value,
    logged: { value_per_task: gained / log.workOrders.length },
    policies: Object.fromEntries(
      [...named.keys()].map((name, plan) => [
        name,
        estimatePlan(log, plan, { value, wanted: options.estimator }),
      ]),
    ),
  };
  face.printExactly(document, `${replayedLogLines(document).join('\n')}\n`);
}

/** Standard output carries the protocol only; warnings go to standard error. */
async function answerJudge(signal: AbortSignal): Promise<void> {
  const session = new JudgedSession();
  for await (const { line, number } of judgeLines(process.stdin, signal)) {
    const { lines, warning, isOver } = session.handle(line);
    for (const each of lines) process.stdout.write(`${JSON.stringify(each)}\n`);
    if (warning !== undefined) process.stderr.write(`moose: line ${number}: ${warning}\n`);
    if (isOver) return;
  }
  signal.throwIfAborted();
  throw lineInvalid('the input ended without "end"');
}

function ownPolicies(text: string): OwnPolicy[] {
  const isOwn = (name: string): name is OwnPolicy => name === 'learned' || name === 'static';
  const names = [...new Set(text.split(','))];
  const strange = names.find((name) => !isOwn(name));
  if (strange !== undefined)
    throw optionInvalid(`a table can be played by learned and static, not by "${strange}"`);
  return names.filter(isOwn);
}

/** A log of decisions cannot evaluate a policy that learns; use a table for that. */
function plansOf(text: string | undefined): Map<string, string[]> {
  if (text === undefined) throw optionInvalid('it needs the plans to estimate, as in --policy fixed:ARM>ARM');
  const plans = new Map<string, string[]>();
  for (const spec of text.split(/,(?=fixed:)/)) {
    const arms = /^fixed:(.+)$/s.exec(spec)?.[1]?.split('>') ?? [];
    if (arms.length === 0 || arms.includes('') || new Set(arms).size !== arms.length)
      throw optionInvalid(`from a log only fixed plans can be estimated, as in fixed:ARM>ARM, not "${spec}"`);
    plans.set(spec, arms);
  }
  return plans;
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
