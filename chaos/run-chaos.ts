// Runs the rounds on a scratch instance, has it judged, and removes it.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ChaosOptions, ChaosResult } from '../src/cli/context.ts';
import { sleep } from '../src/stdx/sleep.ts';
import { type Instance, openInstance, waitUntilEnded } from './instance.ts';
import type { Case } from './judge/case.ts';
import { isClean, judge, type Verdict } from './judge/judge.ts';
import { findOrphaned } from './judge/orphaned.ts';
import { firstRounds, planRounds } from './plan.ts';
import { planLines, printedPlan, printedScenarios, scenarioLines } from './print-plan.ts';
import { reportChaos } from './report.ts';
import { pageOf } from './report-page.ts';
import { type RoundResult, runRound } from './run-round.ts';
import type { Scenario } from './scenario.ts';
import { chooseScenarios } from './scenarios.ts';
import { openScreen } from './screen.ts';

const minuteMs = 60_000;
const seeds = 1_000_000_000;
/** Work before the first fault, so that every repository has its remote and nothing is met for the first time. */
const firstOrders = 2;
const firstMsMax = 2 * minuteMs;
/** Upkeep jobs remove some leftovers only after a moment. */
const quietMsMax = 45_000;
const quietLookEveryMs = 500;

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const scenarios = chooseScenarios(options.scenarios);
  if (options.act === 'list')
    return { document: printedScenarios(scenarios), lines: scenarioLines(scenarios), holds: true };
  const seed = options.seed ?? Math.floor(Math.random() * seeds);
  if (options.act === 'plan') {
    const rounds = firstRounds(seed, scenarios);
    return { document: printedPlan(seed, rounds), lines: planLines(seed, rounds), holds: true };
  }
  return carryOut(options, scenarios, seed);
}

async function carryOut(
  options: ChaosOptions,
  scenarios: readonly Scenario[],
  seed: number,
): Promise<ChaosResult> {
  const startedMs = performance.now();
  const { face, signal } = options;
  face.note(`Chaos with seed ${seed}: ${scenarios.length} scenarios on a scratch instance.`);
  const instance = await openInstance(options.data, signal);
  let results: RoundResult[];
  let verdict: Verdict;
  try {
    face.note(`Scratch instance: ${instance.root}`);
    results = await runRounds(instance, options, scenarios, seed);
    face.note('Judging: rows, git, processes and the bill.');
    verdict = await judgeAtRest(instance);
  } finally {
    await instance.close();
  }
  const reportPath = resolve(options.report ?? join(tmpdir(), `moose-chaos-${seed}.html`));
  const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(1));
  const reported = reportChaos({ seed, seconds, results, verdict, reportPath, named: options.scenarios });
  await writeFile(reportPath, pageOf(reported.document));
  return { ...reported, holds: isClean(verdict) };
}

async function runRounds(
  instance: Instance,
  { minutes, signal, face }: ChaosOptions,
  scenarios: readonly Scenario[],
  seed: number,
): Promise<RoundResult[]> {
  const screen = openScreen(face, instance);
  try {
    const first = await instance.submit(firstOrders);
    screen.tell('work before the first fault');
    await waitUntilEnded(instance, first, firstMsMax);
    const until = performance.now() + (minutes ?? 0) * minuteMs;
    const results: RoundResult[] = [];
    for (const round of planRounds(seed, scenarios)) {
      signal.throwIfAborted();
      screen.begin(round);
      const result = await runRound(instance, round);
      screen.end(result);
      results.push(result);
      const isTime = minutes === undefined ? results.length >= scenarios.length : performance.now() > until;
      if (isTime) return results;
    }
    return results;
  } finally {
    screen.close();
  }
}

/** Gives upkeep a moment to remove what it may still remove, then judges everything. */
async function judgeAtRest(instance: Instance): Promise<Verdict> {
  const { database, dataDirectory, submitted, strangers, provider, processes } = instance;
  const facts = (): Case => ({
    ...{ database, dataDirectory, submitted, strangers },
    billedNanoUsd: provider.billedNanoUsd(),
    diedAlone: processes.diedAlone(),
  });
  const until = performance.now() + quietMsMax;
  while ((await findOrphaned(facts())).length > 0 && performance.now() < until)
    await sleep(quietLookEveryMs, instance.signal);
  return judge(facts());
}
