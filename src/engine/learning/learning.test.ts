import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FailureClass } from '../../domain/failure.ts';
import type { OutcomeCount } from '../../store/figures/outcomes.ts';
import { learningOf } from './ask-learning.ts';
import { chanceOfGreater } from './compare-shares.ts';
import { wilsonInterval } from './wilson.ts';

const count = (
  model: string,
  success: boolean,
  attempts: number,
  given: Partial<OutcomeCount> = {},
): OutcomeCount => ({
  model,
  agent: 'patch',
  band: 'low',
  failureClass: success ? null : 'test_fail',
  success,
  cycles: 0,
  attempts,
  costNanoUsd: BigInt(attempts) * 10n ** 9n,
  durationMs: attempts * 1_000,
  ...given,
});

test('the interval equals that of textbooks, and contains the proportion', () => {
  // A. Agresti, Categorical Data Analysis, 1.4.3: 0 of 25.
  expect(wilsonInterval(0, 25).low).toBe(0);
  expect(wilsonInterval(0, 25).high).toBeCloseTo(0.133, 3);
  expect(wilsonInterval(5, 10).low).toBeCloseTo(0.2366, 4);
  expect(wilsonInterval(5, 10).high).toBeCloseTo(0.7634, 4);
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (hits, misses) => {
      fc.pre(hits + misses > 0);
      const { low, high } = wilsonInterval(hits, hits + misses);
      const share = hits / (hits + misses);
      expect(low).toBeLessThanOrEqual(share + 1e-9);
      expect(high).toBeGreaterThanOrEqual(share - 1e-9);
    }),
  );
});

test("Fisher's exact test: the lady tasting tea; equal proportions are no surprise", () => {
  expect(chanceOfGreater({ hits: 3, of: 4 }, { hits: 1, of: 4 })).toBeCloseTo(17 / 70, 9);
  expect(chanceOfGreater({ hits: 4, of: 4 }, { hits: 0, of: 4 })).toBeCloseTo(1 / 70, 9);
  expect(chanceOfGreater({ hits: 0, of: 4 }, { hits: 4, of: 4 })).toBeCloseTo(1, 9);
  expect(chanceOfGreater({ hits: 0, of: 9 }, { hits: 0, of: 9 })).toBeCloseTo(1, 9);
  // Numbers above the table of factorials.
  const many = chanceOfGreater({ hits: 1_100, of: 2_000 }, { hits: 1_000, of: 2_000 });
  expect(many).toBeGreaterThan(0.0005);
  expect(many).toBeLessThan(0.002);
});

test('R-LRN-3: outcomes are counted by model, complexity, failure and cycles; without outcomes, the counts are empty', () => {
  const empty = { by_model: [], by_complexity: [], failures: [], cycles: [] };
  expect(learningOf('7d', [])).toEqual({ range: '7d', attempts: 0, ...empty });
  const learning = learningOf('7d', [
    count('a/one', true, 3),
    count('a/one', false, 1, { band: 'high', cycles: 2, failureClass: 'timeout' as FailureClass }),
    count('b/two', false, 1, { failureClass: null, cycles: 1 }),
  ]);
  expect(learning.attempts).toBe(5);
  expect(learning.by_model).toMatchObject([
    {
      model: 'a/one',
      subject: 'all',
      attempts: 4,
      successes: 3,
      rate: 0.75,
      mean_cost_usd: 1,
      mean_cycles: 0.5,
    },
    { model: 'b/two', attempts: 1, successes: 0, rate: 0, mean_duration_ms: 1_000 },
  ]);
  expect(learning.by_complexity.map(({ model, subject }) => `${model} ${subject}`)).toEqual([
    'a/one low',
    'b/two low',
    'a/one high',
  ]);
  expect(learning.failures).toEqual([
    { model: 'a/one', failure_class: 'timeout', count: 1, share: 0.25 },
    { model: 'b/two', failure_class: 'unknown', count: 1, share: 1 },
  ]);
  expect(learning.cycles).toEqual([
    { cycles: 0, attempts: 3, successes: 3 },
    { cycles: 1, attempts: 1, successes: 0 },
    { cycles: 2, attempts: 1, successes: 0 },
  ]);
});
