// What `moose replay` does, loaded only for it: it needs the wire format, which takes longer to load than the rest of a
// short command.

import type { OwnLog, ReplayedLog, ReplayedTable } from '../contract/contract.ts';
import type { Ask } from '../contract/operations/ask.ts';
import type { Estimator } from '../domain/learning/estimators.ts';
import type { DecisionLog } from '../engine/learning/replay/decision-log.ts';
import { estimatePlan } from '../engine/learning/replay/estimate-plan.ts';
import { JudgedSession, lineInvalid } from '../engine/learning/replay/judged-session.ts';
import type { OwnPolicy } from '../engine/learning/replay/players.ts';
import { optionInvalid } from '../engine/learning/replay/replay-failure.ts';
import { replayTable } from '../engine/learning/replay/replay-table.ts';
import { judgeLines, readLog, readOwnLog, readTable } from './input/replay-input.ts';
import { replayedLogLines, replayedTableLines } from './lines/replay-lines.ts';
import { LineFile } from './terminal/line-file.ts';
import type { Printer } from './terminal/printer.ts';

export interface ReplayOptions {
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

export async function printOwnLog(
  ask: Ask,
  options: ReplayOptions,
  printer: Printer,
  signal: AbortSignal,
): Promise<void> {
  const named = plansOf(options.policy);
  const { log, missing } = await readOwnLog(ask, [...named.values()], signal);
  printEstimates({ log, named, file: 'own', missing }, options, printer);
}

export async function printTable(
  path: string,
  options: ReplayOptions,
  printer: Printer,
  signal: AbortSignal,
): Promise<void> {
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
        file: path,
        sha256,
        instances: table.tasks.length,
        arms: table.arms.map(({ arm }) => arm),
        missing_cells: table.missingCells,
      },
      value,
      tries,
      orders,
      seed,
      warm,
      ...played,
    };
    printer.printExactly(document, `${replayedTableLines(document).join('\n')}\n`);
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

export async function printLog(
  path: string,
  options: ReplayOptions,
  printer: Printer,
  signal: AbortSignal,
): Promise<void> {
  const named = plansOf(options.policy);
  const log = await readLog(path, [...named.values()], signal);
  printEstimates({ log, named, file: path }, options, printer);
}

function printEstimates(
  given: {
    log: DecisionLog;
    named: ReadonlyMap<string, string[]>;
    file: string;
    missing?: OwnLog['missing'];
  },
  options: ReplayOptions,
  printer: Printer,
): void {
  const { log, named, file, missing } = given;
  const { value } = options;
  const gained = log.workOrders
    .flat()
    .reduce((sum, each) => sum + value * Number(each.passed) - each.cost, 0);
  const document: ReplayedLog = {
    command: 'replay',
    log: {
      file,
      work_orders: log.workOrders.length,
      ...(missing === undefined ? {} : { missing }),
      decisions: log.decisions,
      min_propensity: log.minPropensity,
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
  printer.printExactly(document, `${replayedLogLines(document).join('\n')}\n`);
}

/** Standard output carries the protocol only; warnings go to standard error. */
export async function answerJudge(signal: AbortSignal): Promise<void> {
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
