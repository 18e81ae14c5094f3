// Runs the rounds on a scratch instance, judges it, and removes it.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ChaosOptions, ChaosResult } from '../src/cli/context.ts';
import { type Instance, openInstance, waitUntilEnded } from './instance.ts';
import { judgeAtRest } from './judge/at-rest.ts';
import { isClean, type Verdict } from './judge/judge.ts';
import { failureClasses } from './measure.ts';
import { firstBeside, firstRounds } from './plan.ts';
import { planLines, printedPlan, printedScenarios, scenarioLines } from './print-plan.ts';
import { reportChaos } from './report.ts';
import { pageOf } from './report-page.ts';
import { type RoundResult, runRound } from './run-round.ts';
import type { Scenario } from './scenario.ts';
import { chooseScenarios } from './scenarios.ts';
import { openScreen } from './screen.ts';
import { runSideBySide } from './side-by-side.ts';

const minuteMs = 60_000;
const seeds = 1_000_000_000;
/** Work before the first fault, so that every repository has its remote and everything has run once. */
const firstOrders = 2;
const firstMsMax = 2 * minuteMs;

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const scenarios = chooseScenarios(options.scenarios);
  if (options.act === 'list')
    return { document: printedScenarios(scenarios), lines: scenarioLines(scenarios), holds: true };
  const seed = options.seed ?? Math.floor(Math.random() * seeds);
  if (options.act === 'plan') {
    const rounds =
      options.minutes === undefined ? firstRounds(seed, scenarios) : firstBeside(seed, scenarios);
    return { document: printedPlan(seed, rounds), lines: planLines(seed, rounds), holds: true };
  }
  return runChaosOn(options, scenarios, seed);
}

async function runChaosOn(
  options: ChaosOptions,
  scenarios: readonly Scenario[],
  seed: number,
): Promise<ChaosResult> {
  const startedMs = performance.now();
  const { printer, signal } = options;
  printer.note(`Chaos with seed ${seed}: ${scenarios.length} scenarios on a scratch instance.`);
  const { machines = 1 } = options;
  const instance = await openInstance(options.data, signal, { machines });
  let results: RoundResult[];
  let verdict: Verdict;
  let classes: Awaited<ReturnType<typeof failureClasses>>;
  try {
    printer.note(`Scratch instance: ${instance.root}`);
    results = await runRounds(instance, options, scenarios, seed);
    printer.note('Judging: rows, git, processes and the bill.');
    verdict = await judgeAtRest(instance);
    classes = await failureClasses(instance);
  } finally {
    await instance.close();
  }
  const reportPath = resolve(options.report ?? join(tmpdir(), `moose-chaos-${seed}.html`));
  const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(1));
  const reported = reportChaos({
    seed,
    seconds,
    machines,
    results,
    verdict,
    classes,
    reportPath,
    named: options.scenarios,
    ...(options.minutes === undefined ? {} : { minutes: options.minutes }),
  });
  await writeFile(reportPath, pageOf(reported.document));
  return { ...reported, holds: isClean(verdict) };
}

async function runRounds(
  instance: Instance,
  { minutes, signal, printer }: ChaosOptions,
  scenarios: readonly Scenario[],
  seed: number,
): Promise<RoundResult[]> {
  const screen = openScreen(printer, instance);
  try {
    const first = await instance.submit(firstOrders);
    screen.report('work before the first fault');
    await waitUntilEnded(instance, first, firstMsMax);
    const untilMs = performance.now() + (minutes ?? 0) * minuteMs;
    const results: RoundResult[] = [];
    const alone = minutes === undefined ? scenarios : scenarios.filter(({ reach }) => reach === 'alone');
    for (const round of firstRounds(seed, alone)) {
      signal.throwIfAborted();
      screen.begin(round);
      const result = await runRound(instance, round);
      screen.end(result);
      results.push(result);
    }
    if (minutes === undefined || alone.length === scenarios.length) return results;
    const beside = await runSideBySide(instance, { seed, scenarios, untilMs, report: screen.count });
    for (const result of beside) screen.end(result);
    return [...results, ...beside];
  } finally {
    screen.close();
  }
}
