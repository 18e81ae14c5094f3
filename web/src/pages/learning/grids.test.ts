import { expect, test } from 'vitest';
import type { Learning } from '../../../../src/contract/contract.ts';
import { bestShownFirst, complexityGrid, failureGrid, type Outcome } from './grids.ts';

const outcome = (given: Partial<Outcome>): Outcome => ({
  model: 'm',
  agent: 'a',
  subject: 'all',
  attempts: 10,
  successes: 9,
  rate: 0.9,
  low: 0.6,
  high: 0.98,
  mean_cost_usd: 0.1,
  mean_duration_ms: 1_000,
  mean_cycles: 0.2,
  ...given,
});

test('three of three does not rank above ninety of a hundred', () => {
  const lucky = outcome({ model: 'lucky', rate: 1, low: 0.44, attempts: 3 });
  const proven = outcome({ model: 'proven', rate: 0.9, low: 0.83, attempts: 100 });
  expect(bestShownFirst([lucky, proven])).toEqual([proven, lucky]);
});

test('a complexity that a model never had is an empty cell, not a failure', () => {
  const low = outcome({ model: 'one', subject: 'low' });
  const high = outcome({ model: 'two', subject: 'high', low: 0.7 });
  const learning = { by_model: [outcome({ model: 'one' }), outcome({ model: 'two', low: 0.7 })] } as Learning;
  expect(complexityGrid({ ...learning, by_complexity: [low, high] })).toEqual({
    columns: ['low', 'high'],
    rows: [
      { key: '["two","a"]', head: ['two', 'a'], cells: [undefined, high] },
      { key: '["one","a"]', head: ['one', 'a'], cells: [low, undefined] },
    ],
  });
});

test('failure classes are listed by model, most frequent first', () => {
  const failure = (model: string, failure_class: string, count: number) => ({
    model,
    failure_class,
    count,
    share: count / 100,
  });
  const { columns, rows } = failureGrid([
    failure('b', 'timeout', 4),
    failure('a', 'test_fail', 3),
    failure('b', 'test_fail', 2),
  ]);
  expect(columns).toEqual(['a', 'b']);
  expect(rows.map(({ key, cells }) => [key, ...cells.map((cell) => cell?.count)])).toEqual([
    ['test_fail', 3, 2],
    ['timeout', undefined, 4],
  ]);
});
