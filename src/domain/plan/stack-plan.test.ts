import { expect, test } from 'vitest';
import { stackPlan } from './stack-plan.ts';

const hows = (graph: Record<string, string[]>) =>
  Object.fromEntries(
    Array.from(
      stackPlan(Object.entries(graph).map(([key, depends_on]) => ({ key, depends_on }))),
      ([key, lowers]) => [key, Object.fromEntries(lowers)],
    ),
  );

test('R-SPEC-5: a chain starts from branches, and what joins several waits until they are merged', () => {
  expect(hows({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: ['d'] })).toEqual({
    a: {},
    b: { a: 'branch' },
    c: { a: 'branch' },
    d: { b: 'merge', c: 'merge' },
    e: { d: 'branch' },
  });
});

test('fear: what another dependency contains already holds a work order back until it is merged', () => {
  expect(hows({ a: [], b: ['a'], c: ['a', 'b'] }).c).toEqual({ a: 'within', b: 'branch' });
  expect(hows({ a: [], b: ['a'], x: [], c: ['a', 'b', 'x'] }).c).toEqual({
    a: 'within',
    b: 'merge',
    x: 'merge',
  });
});
