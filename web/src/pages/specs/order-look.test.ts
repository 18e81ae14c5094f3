import { expect, test } from 'vitest';
import { countsOf, lookOf } from './order-look.ts';

const pending: Parameters<typeof lookOf>[0] = {
  ...{ status: 'pending', step: null, is_started: false, is_paused: false, is_merged: false },
  waits_for: [],
};
const waiting = { ...pending, waits_for: ['basket'] };
const states: Array<[string, Parameters<typeof lookOf>[0]]> = [
  ['ready', pending],
  ['queued', { ...pending, is_started: true }],
  ['waiting', waiting],
  ['paused', { ...waiting, is_paused: true }],
  ['creating pr', { ...pending, status: 'in_progress', step: 'creating_pr', is_started: true }],
  ['working', { ...pending, status: 'in_progress', is_started: true }],
  ['needs you', { ...pending, status: 'needs_review' }],
  ['completed', { ...pending, status: 'completed' }],
  ['merged', { ...pending, status: 'completed', is_merged: true }],
  ['failed', { ...pending, status: 'failed' }],
  ['cancelled', { ...pending, status: 'cancelled' }],
];

test.each(states)('R-SPEC-2: a work order that is %s says so', (word, state) => {
  expect(lookOf(state).word).toBe(word);
});

test('R-UI-6: states with the same colour have different signs', () => {
  const signs = states.filter(([word]) => word !== 'working').map(([, state]) => lookOf(state).Icon);
  expect(new Set(signs).size).toBe(signs.length);
});

test('counts begin with the most frequent state', () => {
  expect(countsOf([pending, waiting, waiting])).toBe('2 waiting, 1 ready');
});
