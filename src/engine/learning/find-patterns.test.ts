import { expect, test } from 'vitest';
import type { FailureClass } from '../../domain/failure.ts';
import { seededRandom } from '../../stdx/random.ts';
import type { AttemptCell } from '../../store/figures/attempt-cells.ts';
import { falseDiscoveryRates } from './compare-shares.ts';
import { cyclesText, cycleValues } from './cycle-value.ts';
import { findPatterns } from './find-patterns.ts';
import { patternFindings } from './pattern-findings.ts';

const cell = (
  model: string,
  success: boolean,
  count: number,
  given: Partial<AttemptCell> = {},
): AttemptCell => ({
  model,
  success,
  count,
  failureClass: success ? null : ('test_fail' as FailureClass),
  band: 'low',
  kind: 'bug_fix',
  language: 'Go',
  words: [],
  ...given,
});

const auth = { words: ['auth'] };

test('R-LRN-3: a model that fails at auth work is found, said in a sentence, and the rule that stops it is suggested', () => {
  const attempts = [
    cell('a/one', false, 14, auth),
    cell('a/one', true, 2, auth),
    cell('b/two', false, 3, auth),
    cell('b/two', true, 17, auth),
    cell('a/one', true, 40),
    cell('b/two', true, 40),
  ];
  const [first, ...others] = patternFindings(findPatterns(attempts), []);
  expect(first).toMatchObject({
    text: 'a/one fails more often than the others at auth work: 14 of 16, others 3 of 20.',
    evidence: expect.stringMatching(/^88 % \(64 to 97 %\) against 15 % .*Benjamini and Hochberg/),
    suggestion: 'Stop sending auth work to a/one.',
    exclusion: { model: 'a/one', word: 'auth' },
    is_excluded: false,
  });
  // A part of the work gets no finding of its own if the first finding covers it.
  expect(others.filter(({ exclusion }) => exclusion !== null)).toEqual([]);
  const excluded = patternFindings(findPatterns(attempts), [{ model: 'a/one', cell: { word: 'auth' } }]);
  expect(excluded[0]?.is_excluded).toBe(true);
});

test('R-LRN-3: few attempts, and a model without others, are compared with nothing', () => {
  expect(findPatterns([cell('a/one', false, 4), cell('b/two', true, 40)])).toEqual([]);
  expect(findPatterns([cell('a/one', false, 40)])).toEqual([]);
  expect(findPatterns([])).toEqual([]);
});

test('fear: of many comparisons of equally good models, some are reported as differences', () => {
  const random = seededRandom(11);
  let withFindings = 0;
  const rounds = 200;
  for (let round = 0; round < rounds; round++) {
    const attempts: AttemptCell[] = [];
    for (let each = 0; each < 300; each++)
      attempts.push(
        cell(`m/${Math.floor(random() * 5)}`, random() < 0.7, 1, {
          band: (['low', 'medium', 'high'] as const)[Math.floor(random() * 3)] ?? 'low',
          kind: random() < 0.5 ? 'bug_fix' : 'feature',
          language: random() < 0.5 ? 'Go' : 'Rust',
          words: random() < 0.2 ? ['auth'] : [],
        }),
      );
    if (findPatterns(attempts).some(({ corrected }) => corrected <= 0.05)) withFindings += 1;
  }
  // Without a real difference, the share of rounds with any finding is the false discovery rate.
  expect(withFindings / rounds).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / rounds));
});

test('the corrected probabilities are those of the published example', () => {
  // Benjamini and Hochberg, 1995, section 3.2: of these 15, exactly the four smallest are reported at 0.05.
  const chances = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];
  const rates = falseDiscoveryRates(chances);
  expect(rates.filter((rate) => rate <= 0.05)).toHaveLength(4);
  expect(rates[0]).toBeCloseTo(0.0015, 6);
  expect(falseDiscoveryRates([...chances].reverse())).toEqual([...rates].reverse());
  expect(falseDiscoveryRates([])).toEqual([]);
});

const ended = (cycles: number, success: boolean, attempts: number) => ({
  cycles,
  success,
  attempts,
  costNanoUsd: BigInt(attempts * (cycles + 1)) * 10n ** 9n,
});

test('R-LRN-3: what one more refinement cycle brings, with its interval, and where it stops paying', () => {
  const counts = [
    ended(0, true, 60),
    ended(1, true, 30),
    ended(1, false, 2),
    ended(2, true, 1),
    ended(2, false, 30),
  ];
  const cycles = cycleValues(counts);
  expect(cycles).toMatchObject([
    { cycle: 0, reached: 123, succeeded: 60, cost_usd: 1 },
    { cycle: 1, reached: 63, succeeded: 30 },
    { cycle: 2, reached: 31, succeeded: 1, cost_per_success_usd: 31 },
  ]);
  for (const { low, rate, high } of cycles) expect(low <= rate && rate <= high).toBe(true);
  expect(cyclesText(cycles, 3)).toMatch(
    /^From cycle 2 on, refinement is not worth its cost: at most 16 % succeed/,
  );
  expect(cyclesText(cycles, 2.3)).toMatch(/^From cycle 2 on/);
  expect(cyclesText(cycleValues([ended(0, true, 9)]), 3)).toMatch(/^Too few attempts/);
  expect(cyclesText(cycleValues([ended(1, true, 30)]), 3)).toBe(
    'Refinement is worth its cost up to cycle 1.',
  );
  expect(cyclesText(cycleValues([ended(1, true, 3), ended(1, false, 3)]), 3)).toBe(
    'It is not certain that refinement is worth its cost.',
  );
  expect(cyclesText(cycleValues([ended(1, true, 90), ended(2, true, 3), ended(2, false, 3)]), 3)).toBe(
    'Refinement is worth its cost up to cycle 1. From cycle 2 on, it is not certain.',
  );
  expect(cycleValues([])).toEqual([]);
});
