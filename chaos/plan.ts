// The sequence of faults. The same seed and scenarios always give the same one.
import { type Random, seededRandom } from '../src/stdx/random.ts';
import type { Round, Scenario } from './scenario.ts';

/** A fault comes within this time: long enough to meet every step of a work order. */
const afterMsMax = 2_500;

/** Endless: all scenarios in a random order, then all in another one. */
export function* planRounds(seed: number, scenarios: readonly Scenario[]): Generator<Round, never> {
  const random = seededRandom(seed);
  for (let number = 1; ; )
    for (const scenario of shuffled(scenarios, random)) yield drawn(number++, scenario, random);
}

/** The first rounds: each scenario once. */
export function firstRounds(seed: number, scenarios: readonly Scenario[]): Round[] {
  const rounds = planRounds(seed, scenarios);
  return scenarios.map(() => rounds.next().value);
}

function drawn(number: number, scenario: Scenario, random: Random): Round {
  const [shortest, longest] = scenario.lastsMs;
  return {
    number,
    scenario,
    afterMs: Math.round(random() * afterMsMax),
    lastsMs: Math.round(shortest + random() * (longest - shortest)),
    pick: random(),
  };
}

/** Fisher and Yates. */
function shuffled<T>(all: readonly T[], random: Random): T[] {
  const rest = [...all];
  const taken: T[] = [];
  while (rest.length > 0) taken.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return taken;
}
