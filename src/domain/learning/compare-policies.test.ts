import { expect, test } from 'vitest';
import { seededRandom } from '../../stdx/random.ts';
import { PolicyComparison } from './compare-policies.ts';

/** What a work order brings: $3 if it succeeds, and a heavy-tailed cost. */
function gainOf(random: () => number, chance: number): number {
  const cost =
    0.3 * Math.exp(1.2 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
  return (random() < chance ? 3 : 0) - cost;
}

test('R-LRN-5, fear: who looks after every work order, and stops at the first difference, is often wrong', () => {
  const random = seededRandom(3);
  const rounds = 400;
  let alarms = 0;
  for (let round = 0; round < rounds; round++) {
    const compared = new PolicyComparison(0.9);
    for (let each = 0; each < 1_500; each++) {
      compared.add({ isOne: random() < 0.9, gain: gainOf(random, 0.6) });
      if (!compared.comparison.isDecided) continue;
      alarms += 1;
      break;
    }
  }
  expect(alarms / rounds).toBeLessThanOrEqual(0.05);
});

test('R-LRN-5: a real difference is found, and the interval holds it', () => {
  const random = seededRandom(5);
  let found = 0;
  for (let round = 0; round < 20; round++) {
    const compared = new PolicyComparison(0.5);
    for (let each = 0; each < 2_000; each++) {
      const isOne = random() < 0.5;
      compared.add({ isOne, gain: gainOf(random, isOne ? 0.8 : 0.5) });
    }
    const { difference, low, high, isDecided } = compared.comparison;
    expect(difference).toBeGreaterThan(0.5);
    expect(low < 0.9 && 0.9 < high).toBe(true);
    if (isDecided && low > 0) found += 1;
  }
  expect(found).toBe(20);
});

test('nothing is said about a few work orders, or if one policy had hardly any', () => {
  const compared = new PolicyComparison(0.9);
  expect(compared.comparison).toMatchObject({ count: 0, isDecided: false });
  for (let each = 0; each < 500; each++) compared.add({ isOne: true, gain: each % 2 });
  expect(compared.comparison).toMatchObject({ count: 500, ones: 500, isDecided: false });
});
