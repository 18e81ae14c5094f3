// What one run of the proof is: how long, how much money, who is killed when; all of it from a seed.
import { nanoUsdPerUsd } from '../../src/domain/money.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';

export const processes = 4;
export const clientsEach = 16;
/** Clients that draw from one envelope. */
export const clientsOfWork = 4;

/** Seconds of the models for each second of the clock. */
export const speedup = 12;
/** Of a model. */
export const tokensPerSecond = 50;

/** About what all clients together use up while so much model time goes by, on a machine with two cores. */
const nanoUsdPerModelMinute = (nanoUsdPerUsd * 3n) / 2n;

export const envelopeNanoUsd = nanoUsdPerUsd / 2n;
/** No call holds more: the longest conversation in its dearest kind of cache, and the least answer that is worth a call. */
export const largestHoldNanoUsd = nanoUsdPerUsd / 5n;
/** So that windows of several kinds bind. */
export const workOrderLimitNanoUsd = nanoUsdPerUsd;

export const victims = ['gateway', 'database', 'client'] as const;
export type Victim = (typeof victims)[number];

export interface Kill {
  victim: Victim;
  /** When so much of the limit is spent or presumed. */
  atShare: number;
  /** Chooses among those of its kind. */
  which: number;
}

export interface Plan {
  seed: number;
  modelMinutes: number;
  limitNanoUsd: bigint;
  kills: readonly Kill[];
}

/** Deaths in `shortMinutes` of model time. */
const deaths: Record<Victim, number> = { gateway: 4, database: 2, client: 2 };
export const shortMinutes = 3;
const firstShare = 0.05;
const lastShare = 0.9;

export function planOf(seed: number, modelMinutes: number): Plan {
  const random = seededRandom(seed);
  const kills = victims.flatMap((victim) =>
    Array.from({ length: Math.round((deaths[victim] * modelMinutes) / shortMinutes) }, () => ({
      victim,
      atShare: firstShare + random() * (lastShare - firstShare),
      which: random(),
    })),
  );
  return {
    seed,
    modelMinutes,
    limitNanoUsd: (nanoUsdPerModelMinute * BigInt(Math.round(modelMinutes * 100))) / 100n,
    kills: kills.sort((one, other) => one.atShare - other.atShare),
  };
}

/** Each name has a row of numbers of its own, whatever else is going on. */
export function randomFor(seed: number, name: string): () => number {
  let hash = seed >>> 0;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return seededRandom(hash);
}
