import { expect, test } from 'vitest';
import { FactsMaker } from './file-facts.ts';
import { Pace } from './pace.ts';
import { referencesBetween, spreadRank } from './reference-graph.ts';

const maker = new FactsMaker();
const graphOf = (files: Record<string, string>) =>
  referencesBetween(
    Object.entries(files).map(([path, text]) => maker.factsOf(path, text)),
    new Pace(undefined),
  );

test('R-SPEC-4: rank goes from a file to what it uses, and its sum stays', async () => {
  const graph = await graphOf({
    'page.ts': 'roundHalfUp(1); roundHalfUp(2);',
    'round.ts': 'export function roundHalfUp() {}',
    'other.ts': 'export function somethingElse() {}',
  });
  const ranks = await spreadRank(graph, Float64Array.from([1, 0, 0]));
  expect(ranks[1]).toBeGreaterThan(0.2);
  expect(ranks[0]).toBeGreaterThan(ranks[1] ?? 0);
  expect(ranks[2]).toBe(0);
  expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(1);
});

test('R-SPEC-4: a name that many files define leads nowhere, and no seeds give no rank', async () => {
  const definers = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [`f${index}.ts`, 'export function getValue() {}']),
  );
  const graph = await graphOf({ ...definers, 'page.ts': 'getValue();' });
  expect(graph.targets).toHaveLength(0);
  expect([...(await spreadRank(graph, new Float64Array(10)))]).toEqual(Array.from({ length: 10 }, () => 0));
});

test('R-SPEC-4: a long computation ends with its signal', async () => {
  const stopped = new Error('stopped');
  const pace = new Pace(AbortSignal.abort(stopped));
  await expect(pace.rest()).rejects.toBe(stopped);
});
