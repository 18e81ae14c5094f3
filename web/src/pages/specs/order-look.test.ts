import { expect, test } from 'vitest';
import { countsOf, heldBackBy, lookOf } from './order-look.ts';

const pending: Parameters<typeof lookOf>[0] = {
  status: 'pending',
  stage: 'waiting',
  step: null,
  is_started: false,
  is_paused: false,
  is_reverted: false,
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
  ['ready to merge', { ...pending, status: 'completed', stage: 'ready_to_merge' }],
  ['reverted', { ...pending, status: 'completed', stage: 'merged', is_reverted: true }],
  ['merged', { ...pending, status: 'completed', stage: 'merged' }],
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

test('R-SPEC-2: only a work order that has stopped names those that it holds back', () => {
  const one = { status: 'failed', is_paused: false, holds_back: ['page', 'mail'] } as const;
  expect(heldBackBy({ ...one, holds_back: [...one.holds_back] })).toBe('Blocks page, mail.');
  expect(heldBackBy({ ...one, holds_back: [] })).toBeNull();
  for (const status of ['pending', 'in_progress', 'completed'] as const)
    expect(heldBackBy({ status, is_paused: false, holds_back: ['page'] })).toBeNull();
  expect(heldBackBy({ status: 'pending', is_paused: true, holds_back: ['page'] })).toContain('page');
});
