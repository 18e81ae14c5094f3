import { expect, test } from 'vitest';
import { addedMedian, addedRatio, figuresOf } from './figures.ts';
import type { Rounds, Seen } from './rounds.ts';

const seen = (p50: number): Seen => ({
  p50,
  p99: 2 * p50,
  firstP50: p50,
  firstP99: p50,
  perSecond: 1_000 / p50,
});

const rounds: Rounds = new Map([
  ['direct', new Map([['one', [seen(1), seen(5), seen(1)]]])],
  ['moose', new Map([['one', [seen(2), seen(6), seen(4)]]])],
  ['peer', new Map([['one', [seen(3), seen(7), seen(7)]]])],
  ['lost', new Map()],
]);

test('the added time is computed from the provider in the same round, not in another one', () => {
  expect(addedMedian(rounds, 'moose', 'one', 'p50')).toBe(1);
  expect(addedMedian(rounds, 'moose', 'one', 'p99')).toBe(2);
  expect(addedRatio(rounds, ['moose', 'peer'], 'one')).toBe(0.5);
});

test('a missing measurement is null in the figures, and meets no goal', () => {
  const figures = figuresOf(rounds, ['moose', 'lost', 'never'], ['one']);
  expect(figures).toMatchObject({ one: { moose: { added_ms_p50: { median: 1 } }, lost: null, never: null } });
  expect(addedRatio(rounds, ['moose', 'lost'], 'one')).toBeNaN();
  expect(addedMedian(rounds, 'lost', 'one', 'p50')).toBeNaN();
});
