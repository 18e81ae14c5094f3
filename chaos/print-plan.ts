// Prints the scenarios, and the sequence of faults for a seed.
import { table } from '../src/cli/terminal/table.ts';
import type { PrintedChaosPlan, PrintedChaosScenario } from '../src/contract/contract.ts';
import type { Round, Scenario } from './scenario.ts';

const widthMax = 140;

export function printedScenarios(scenarios: readonly Scenario[]): PrintedChaosScenario[] {
  return scenarios.map(({ name, group, does, isTransient }) => ({
    name,
    group,
    does,
    is_transient: isTransient,
  }));
}

export function scenarioLines(scenarios: readonly Scenario[]): string[] {
  return table(
    ['SCENARIO', 'CAUSE', 'WHAT IT DOES'],
    scenarios.map(({ name, group, does }) => [name, group, does]),
    widthMax,
  );
}

export function printedPlan(seed: number, rounds: readonly Round[]): PrintedChaosPlan {
  return {
    seed,
    rounds: rounds.map(({ number, scenario, lane, afterMs, lastsMs, pick }) => ({
      number,
      scenario: scenario.name,
      lane,
      after_ms: afterMs,
      lasts_ms: lastsMs,
      pick,
    })),
  };
}

export function planLines(seed: number, rounds: readonly Round[]): string[] {
  const rows = rounds.map(({ number, scenario, lane, afterMs, lastsMs, pick }) => [
    lane === null ? String(number) : `${lane}: ${number}`,
    scenario.name,
    `${afterMs} ms`,
    `${lastsMs} ms`,
    pick.toFixed(3),
  ]);
  return [`Seed ${seed}`, ...table(['ROUND', 'SCENARIO', 'AFTER', 'LASTS', 'TARGET'], rows, widthMax)];
}
