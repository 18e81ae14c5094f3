// The sequence of faults, which depends only on the seed and the scenarios.
import { type Random, seededRandom } from '../src/stdx/random.ts';
import { ownRepositories } from './instance.ts';
import type { Lane, Round, Scenario } from './scenario.ts';

/** The maximum delay before a fault: long enough to hit every step of a work order. */
const afterMsMax = 2_500;
/** Side by side, work orders are in every step at any time, so a short delay is enough. */
const besideAfterMsMax = 300;
/** Side by side, faults last for this share of their range, so that more faults fit into the time. */
const besideShare = 0.4;
const seeds = 2 ** 31;

/** An endless sequence: all scenarios in random order, then all in another random order, and so on. */
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

export const lanes: readonly Lane[] = [
  'provider',
  'ground',
  ...Array.from({ length: ownRepositories }, (_, own): Lane => `own ${own}`),
];

const reachOf = (lane: Lane) => (lane === 'ground' ? undefined : lane === 'provider' ? 'provider' : 'own');

/** Like `planRounds`, for one lane of faults that run side by side. Null if the lane has no scenario. */
export function planLane(
  seed: number,
  lane: Lane,
  scenarios: readonly Scenario[],
): Generator<Round, never> | null {
  const own = scenarios.filter(({ reach }) => reach === reachOf(lane));
  if (own.length === 0) return null;
  const random = seededRandom(seed);
  for (let at = 0; at < lanes.indexOf(lane); at++) random();
  return besideRounds(Math.floor(random() * seeds), lane, own);
}

function* besideRounds(seed: number, lane: Lane, scenarios: readonly Scenario[]): Generator<Round, never> {
  for (const { afterMs, lastsMs, ...rest } of planRounds(seed, scenarios)) {
    const [shortest] = rest.scenario.lastsMs;
    yield {
      ...rest,
      lane,
      afterMs: Math.round((afterMs / afterMsMax) * besideAfterMsMax),
      lastsMs: Math.round(shortest + (lastsMs - shortest) * besideShare),
    };
  }
  throw new TypeError('A plan has no end');
}

/** Scenarios that run alone, then one round of each scenario of each lane. */
export function firstBeside(seed: number, scenarios: readonly Scenario[]): Round[] {
  const alone = firstRounds(
    seed,
    scenarios.filter(({ reach }) => reach === 'alone'),
  );
  const beside = lanes.flatMap((lane) => {
    const rounds = planLane(seed, lane, scenarios);
    const own = scenarios.filter(({ reach }) => reach === reachOf(lane));
    return rounds === null ? [] : own.map(() => rounds.next().value);
  });
  return [...alone, ...beside];
}

function drawn(number: number, scenario: Scenario, random: Random): Round {
  const [shortest, longest] = scenario.lastsMs;
  return {
    number,
    scenario,
    lane: null,
    afterMs: Math.round(random() * afterMsMax),
    lastsMs: Math.round(shortest + random() * (longest - shortest)),
    pick: random(),
  };
}

/** The shuffle of Fisher and Yates. */
function shuffled<T>(all: readonly T[], random: Random): T[] {
  const rest = [...all];
  const taken: T[] = [];
  while (rest.length > 0) taken.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return taken;
}
