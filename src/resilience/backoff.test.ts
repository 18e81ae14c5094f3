import { expect, test } from 'vitest';
import type { Random } from '../stdx/random.ts';
import { seededRandom } from '../stdx/seeded-random.fixture.ts';
import { type Backoff, backoffMs, defaultBackoff, withJitter } from './backoff.ts';

const seeds = [1, 7, 42, 20_261_120, 4_294_967_295];
const unjittered = () => 0.5;
const binCount = 20;
const drawCount = 20_000;
/** Only 0.1 % of a chi-squared distribution with 19 degrees of freedom is above this. */
const chiSquaredMax = 43.82;

/**
 * The chi-squared value of the factors against an even distribution over [0.75, 1.25). Factors outside count as an
 * extra bin, in which none is expected.
 */
function chiSquared(factorOf: (random: Random) => number, seed: number): number {
  const random = seededRandom(seed);
  const bins = new Map<number, number>();
  for (let draw = 0; draw < drawCount; draw++) {
    const bin = Math.floor(((factorOf(random) - 0.75) / 0.5) * binCount);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const expected = drawCount / binCount;
  if ([...bins.keys()].some((bin) => bin < 0 || bin >= binCount)) return Number.POSITIVE_INFINITY;
  return Array.from(
    { length: binCount },
    (_, bin) => ((bins.get(bin) ?? 0) - expected) ** 2 / expected,
  ).reduce((total, part) => total + part);
}

test('R-REC-1: 100 ms, doubled each time, 30 s at most', () => {
  const delays = Array.from({ length: 11 }, (_, index) => backoffMs(defaultBackoff, index, unjittered));
  expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
});

test('fear: the multiplier is ignored, and 3 still doubles', () => {
  const backoff: Backoff = { baseMs: 100, multiplier: 3, maxMs: 30_000 };
  const delays = [0, 1, 2, 3].map((index) => backoffMs(backoff, index, unjittered));
  expect(delays).toEqual([100, 300, 900, 2700]);
});

test('a list of delays is used in order, and the last one is repeated', () => {
  const delays = [0, 1, 2, 3, 4].map((index) => backoffMs({ delaysMs: [10, 30, 60] }, index, unjittered));
  expect(delays).toEqual([10, 30, 60, 60, 60]);
});

test('a delay is a number after any number of retries', () => {
  const backoffs: Backoff[] = [defaultBackoff, { baseMs: 0, multiplier: 2, maxMs: 30_000 }];
  for (const backoff of backoffs) {
    expect(Number.isFinite(backoffMs(backoff, 1e9, unjittered))).toBe(true);
  }
});

test.each(seeds)('R-REC-1: the jitter is spread evenly over ±25 %% (seed %i)', (seed) => {
  expect(chiSquared((random) => withJitter(1, random), seed)).toBeLessThan(chiSquaredMax);
});

test.each(seeds)('fear: the jitter vanishes at the cap (seed %i)', (seed) => {
  const atCap = (random: Random) => backoffMs(defaultBackoff, 20, random) / defaultBackoff.maxMs;
  expect(chiSquared(atCap, seed)).toBeLessThan(chiSquaredMax);
});

test('fear: one random number is used for sign and size, and a test of the bounds does not notice it', () => {
  // Always within ±25 %, but only from 0.875 to 1 and from 1.125 to 1.25.
  const signAndSize = (random: Random) => {
    const chance = random();
    return chance < 0.5 ? 1 - 0.25 * chance : 1 + 0.25 * chance;
  };
  const capAfterJitter = (random: Random) => Math.min(withJitter(1, random), 1);
  for (const seed of seeds) {
    expect(chiSquared(signAndSize, seed)).toBeGreaterThan(chiSquaredMax);
    expect(chiSquared(capAfterJitter, seed)).toBeGreaterThan(chiSquaredMax);
  }
});

test('the jitter draws one random number for each delay', () => {
  let draws = 0;
  backoffMs(defaultBackoff, 3, () => {
    draws++;
    return 0;
  });
  expect(draws).toBe(1);
});
