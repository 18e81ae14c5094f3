import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printedDocuments } from '../src/contract/contract.ts';
import { firstBeside, firstRounds, lanes, planLane, planRounds } from './plan.ts';
import { runChaos } from './run-chaos.ts';
import type { Round } from './scenario.ts';
import { scenarios } from './scenarios.ts';

const options = {
  scenarios: [],
  signal: new AbortController().signal,
  printer: {
    isJson: true,
    isTerminal: false,
    note: () => undefined,
    print: () => undefined,
    printExactly: () => undefined,
    printSecret: () => undefined,
    stream: () => undefined,
  },
};

const told = ({ scenario, ...rest }: Round) => ({ ...rest, scenario: scenario.name });

test('R-CHA-1: the same seed gives the same sequence of faults, and another seed another one', () => {
  const plan = (seed: number) => firstRounds(seed, scenarios).map(told);
  expect(plan(7)).toEqual(plan(7));
  expect(plan(8)).not.toEqual(plan(7));
});

test('R-CHA-1: each cycle has every scenario once, and each fault lasts as long as its scenario allows', () => {
  const rounds = planRounds(3, scenarios);
  for (let cycle = 0; cycle < 3; cycle++) {
    const drawn = scenarios.map(() => rounds.next().value);
    expect(drawn.map(({ scenario }) => scenario.name).sort()).toEqual(
      scenarios.map(({ name }) => name).sort(),
    );
    for (const { scenario, lastsMs, pick, number } of drawn) {
      expect(lastsMs).toBeGreaterThanOrEqual(scenario.lastsMs[0]);
      expect(lastsMs).toBeLessThanOrEqual(scenario.lastsMs[1]);
      expect(pick).toBeGreaterThanOrEqual(0);
      expect(pick).toBeLessThan(1);
      expect(Math.ceil(number / scenarios.length)).toBe(cycle + 1);
    }
  }
});

test('R-CHA-1: a plan and the list are printed without an instance, as src/contract says', async () => {
  const plan = await runChaos({ ...options, act: 'plan', seed: 5 });
  expect(printedDocuments.chaos.parse(plan.document)).toEqual(plan.document);
  expect(plan.document).toMatchObject({ seed: 5, rounds: { length: scenarios.length } });
  expect(await runChaos({ ...options, act: 'plan', seed: 5 })).toEqual(plan);
  const list = await runChaos({ ...options, act: 'list' });
  expect(printedDocuments.chaos.parse(list.document)).toEqual(list.document);
  expect(list.lines).toHaveLength(scenarios.length + 1);
});

test('R-CHA-1: side by side, each scenario has its lane, and a seed gives the same sequence in each', async () => {
  const plan = (seed: number) => firstBeside(seed, scenarios).map(told);
  expect(plan(7)).toEqual(plan(7));
  expect(plan(8)).not.toEqual(plan(7));
  expect(new Set(plan(7).map(({ scenario }) => scenario))).toEqual(
    new Set(scenarios.map(({ name }) => name)),
  );
  for (const lane of lanes)
    for (const { scenario } of firstBeside(7, scenarios).filter((round) => round.lane === lane))
      expect(scenario.reach).toBe(lane === 'ground' ? undefined : lane === 'provider' ? 'provider' : 'own');
  expect(
    planLane(
      7,
      'provider',
      scenarios.filter(({ reach }) => reach === 'own'),
    ),
  ).toBeNull();
  const printed = await runChaos({ ...options, act: 'plan', seed: 5, minutes: 20 });
  expect(printedDocuments.chaos.parse(printed.document)).toEqual(printed.document);
});

test('an unknown scenario is refused with the nearest names', async () => {
  const asked = runChaos({ ...options, act: 'list', scenarios: ['worker-kiled'] });
  await expect(asked).rejects.toMatchObject({
    code: 'CHAOS_SCENARIO_UNKNOWN',
    advice: expect.stringContaining('worker-killed'),
  });
});

test('R-CHA-1: there are at least twenty scenarios, with different names and sentences', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  expect(new Set(scenarios.map(({ does }) => does)).size).toBe(scenarios.length);
  expect(scenarios.length).toBeGreaterThanOrEqual(20);
  const files = readdirSync(join(import.meta.dirname, 'scenarios')).map((file) => file.replace(/\.ts$/, ''));
  expect(scenarios.map(({ name }) => name)).toEqual(files.sort());
});
