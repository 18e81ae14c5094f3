// The plan of one never-over run: how long it is, how much money there is, and what is killed when. All of it follows
// from a seed.
import { nanoUsdPerUsd } from '../../src/domain/money.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';

export const processes = 4;
export const clientsEach = 16;
/** The number of clients that draw from one envelope. */
export const clientsOfWork = 4;

/** Seconds of model time per second of real time. */
export const speedup = 12;
/** The speed of a model. */
export const tokensPerSecond = 50;

/** About what all clients together spend per minute of model time, on a machine with two cores. */
const nanoUsdPerModelMinute = (nanoUsdPerUsd * 3n) / 2n;

export const envelopeNanoUsd = nanoUsdPerUsd / 2n;
/**
 * No call reserves more: this is the longest conversation with the most expensive cache, and the shortest useful
 * answer.
 */
export const largestHoldNanoUsd = nanoUsdPerUsd / 5n;
/** Low enough that windows of several kinds reach their limits. */
export const workOrderLimitNanoUsd = nanoUsdPerUsd;

export const victims = ['gateway', 'database', 'client'] as const;
export type Victim = (typeof victims)[number];

export interface Kill {
  victim: Victim;
  /** The share of the limit, spent or presumed, at which it happens. */
  atShare: number;
  /** Selects one of the processes of this kind. */
  which: number;
}

export interface Plan {
  seed: number;
  modelMinutes: number;
  limitNanoUsd: bigint;
  kills: readonly Kill[];
}

/** How many of each kind are killed in `shortMinutes` of model time. */
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

/** A separate sequence of random numbers for each name, independent of everything else. */
export function randomFor(seed: number, name: string): () => number {
  let hash = seed >>> 0;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return seededRandom(hash);
}
