// The goals of the learned policy, in a short test; `npm run bench -- learning` measures them over many orders.
import { expect, test } from 'vitest';
import { type Change, playStream } from './changing-stream.fixture.ts';
import { structures, syntheticTable } from './synthetic-table.fixture.ts';

const seeds = [1, 2, 3];
/** A few orders of a few tasks scatter more than the benchmark's goals allow. */
const slack = 0.05;
const goals = { first: 0.9, after: 0.95, afterChange: 0.93, outage: 0.85 };

function mean(structure: string, change: Change, value = 3) {
  const played = seeds.map((seed) => {
    const table = syntheticTable({ arms: 6, ...structures[structure], tasks: 300, seed });
    return playStream(table, { value, change, seed });
  });
  const of = (name: 'first' | 'after' | 'afterChange' | 'bestArmFirst') =>
    played.reduce((sum, each) => sum + each[name], 0) / played.length;
  return {
    first: of('first'),
    after: of('after'),
    afterChange: of('afterChange'),
    bestArmFirst: of('bestArmFirst'),
  };
}

test('R-LRN-4: it comes close to the best fixed cascade in hindsight, whatever the outcomes are like', {
  timeout: 240_000,
}, () => {
  for (const [structure, value] of [
    ['usual', 3],
    ['usual', 1],
    ['independent', 3],
    ['kinds', 3],
    ['missing_cells', 3],
    ['without_hints', 3],
  ] as const) {
    const { first, after } = mean(structure, 'none', value);
    expect(first, `${structure}, value ${value}, the first 100 tasks`).toBeGreaterThan(goals.first - slack);
    expect(after, `${structure}, value ${value}, after them`).toBeGreaterThan(goals.after - slack);
  }
});

test('R-LRN-4: it follows models and prices as they change', { timeout: 240_000 }, () => {
  for (const change of ['worse', 'better', 'dearer', 'arrives', 'reverted'] as const)
    expect(mean('usual', change).afterChange, change).toBeGreaterThan(goals.afterChange - slack);
});

test('R-LRN-4: faults of the provider do not count against a model', { timeout: 240_000 }, () => {
  const [outage, away] = [mean('usual', 'outage'), mean('usual', 'away')];
  expect(outage.bestArmFirst / away.bestArmFirst).toBeGreaterThan(goals.outage);
});
