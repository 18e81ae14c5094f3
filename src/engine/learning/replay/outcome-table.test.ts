import { expect, test } from 'vitest';
import type { OutcomeTableFile } from '../../../contract/contract.ts';
import { missing, readOutcomeTable } from './outcome-table.ts';

const model = { key: 'a', resolved: [1, 0], cost: [0.1, 0.2] };
const usual = {
  instance_ids: ['x', 'y'],
  instances: [
    { id: 'y', kind: 'fix' },
    { id: 'x', kind: 'tests' },
  ],
  models: [model],
};
const read = (given: object, arms?: string[]) =>
  readOutcomeTable({ ...usual, ...given } as OutcomeTableFile, arms);

test('a cell without a result or a cost is not on offer, and arms that are not usable are left out', () => {
  const table = read({
    models: [
      { ...model, resolved: [1, null], cost: [null, 0.2], cost_hint: 0.5 },
      { ...model, key: 'b', resolved: [true, false] },
      { ...model, key: 'c', usable: false },
    ],
  });
  expect(table.arms.map(({ arm, costHint, passes }) => [arm, costHint, [...passes]])).toEqual([
    ['a', 0.5, [missing, missing]],
    ['b', null, [1, 0]],
  ]);
  expect(table.missingCells).toBe(2);
  expect(table.tasks.map(({ id, kind }) => [id, kind])).toEqual([
    ['x', 'tests'],
    ['y', 'fix'],
  ]);
  expect(read({ models: [model, { ...model, key: 'b' }] }, ['b']).arms.map(({ arm }) => arm)).toEqual(['b']);
});

test('what is known only after the work is done is no feature', () => {
  const instances = [{ id: 'x', repo: 'r', POSTHOC_lines: 3, difficulty_label: 'easy' }];
  expect(read({ instances }).tasks.map(({ features }) => features)).toEqual([{ repo: 'r' }, {}]);
});

test('a table that cannot be right is refused, with what is wrong', () => {
  const cases: [object, string, string[]?][] = [
    [{ instance_ids: [] }, 'it has no instances'],
    [{ instance_ids: ['x', 'x'] }, 'the instance "x" is in it twice'],
    [{ models: [] }, 'it has no usable arm'],
    [{ models: [model, model] }, 'the arm "a" is in it twice'],
    [{ models: [{ ...model, cost: [1] }] }, 'arm "a" has 2 results and 1 costs for 2 instances'],
    [{ models: [{ ...model, cost: [1, -1] }] }, 'arm "a" has a cost at index 1'],
    [{ models: [{ ...model, cost: [1, Number.NaN] }] }, 'arm "a" has a cost at index 1'],
    [{ models: [{ ...model, resolved: [1, 0.5] }] }, 'arm "a" has a result at index 1'],
    [{}, 'it has no usable arm "z"', ['z']],
    [{ instance_ids: Array.from({ length: 1_000_001 }, (_, index) => index) }, 'more than 1000000 instances'],
    [
      { models: Array.from({ length: 10_001 }, (_, index) => ({ ...model, key: `${index}` })) },
      'more than 10000 arms',
    ],
  ];
  for (const [given, what, arms] of cases) expect(() => read(given, arms), what).toThrow(what);
});
