import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ancestorsOf, cycleIn, layersOf, type Node } from './plan-graph.ts';

const nodes = (edges: Record<string, string[]>): Node[] =>
  Object.entries(edges).map(([key, depends_on]) => ({ key, depends_on }));

/** Any graph, with self-dependencies, unknown keys, repetitions and cycles. */
const anyGraph = fc
  .integer({ min: 1, max: 12 })
  .chain((count) =>
    fc.array(fc.array(fc.integer({ min: 0, max: count }), { maxLength: 5 }), {
      minLength: count,
      maxLength: count,
    }),
  )
  .map((rows): Node[] =>
    rows.map((on, at) => ({ key: `k${at}`, depends_on: on.map((other) => `k${other}`) })),
  );

test('R-SPEC-2: layers come in dependency order, and say what no order has', () => {
  expect(layersOf(nodes({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: [] }))).toEqual({
    layers: [['a', 'e'], ['b', 'c'], ['d']],
    left: [],
  });
  expect(layersOf(nodes({ a: ['c'], b: ['a'], c: ['b'], d: ['c'], e: [] }))).toEqual({
    layers: [['e']],
    left: ['a', 'b', 'c', 'd'],
  });
});

test('R-SPEC-4: a cycle is named by its keys alone, not by what only leads to it', () => {
  expect(cycleIn(nodes({ a: ['b'], b: [] }))).toBeNull();
  const cycle = cycleIn(nodes({ far: ['a'], a: ['b'], b: ['c'], c: ['a'] }));
  expect([...(cycle ?? [])].sort()).toEqual(['a', 'b', 'c']);
  expect(cycleIn(nodes({ a: ['a'] }))).toBeNull();
});

test('R-SPEC-4: in any graph, a cycle is found if and only if some work order has no layer', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { layers, left } = layersOf(graph);
      const cycle = cycleIn(graph);
      expect(cycle === null).toBe(left.length === 0);
      expect([...layers.flat(), ...left].sort()).toEqual(graph.map(({ key }) => key).sort());
      const byKey = new Map(graph.map((node) => [node.key, node]));
      for (const [at, key] of (cycle ?? []).entries())
        expect(byKey.get(key)?.depends_on).toContain(cycle?.[(at + 1) % cycle.length]);
      const layerOf = new Map(layers.flatMap((keys, at) => keys.map((key) => [key, at] as const)));
      for (const [key, at] of layerOf)
        for (const other of byKey.get(key)?.depends_on ?? [])
          if (other !== key && byKey.has(other)) expect(layerOf.get(other)).toBeLessThan(at);
    }),
  );
});

test('R-SPEC-4: ancestors are exactly what can be reached', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { left } = layersOf(graph);
      fc.pre(left.length === 0);
      const byKey = new Map(graph.map((node) => [node.key, node]));
      const reached = (key: string): Set<string> => {
        const seen = new Set<string>();
        const walk = (at: string): void => {
          for (const other of byKey.get(at)?.depends_on ?? [])
            if (other !== at && byKey.has(other) && !seen.has(other)) {
              seen.add(other);
              walk(other);
            }
        };
        walk(key);
        return seen;
      };
      for (const [key, ancestors] of ancestorsOf(graph)) expect(ancestors).toEqual(reached(key));
    }),
  );
});
