import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  defaultRetryBudget,
  fullBudget,
  payBack,
  RetryBudget,
  type RetryBudgetPolicy,
  type RetryBudgetState,
  spend,
} from './retry-budget.ts';

const seed = 20_261_120;

test('R-REC-1: ten retries in a row, then one for every ten successes', () => {
  const budget = new RetryBudget();
  const grantedOf = (count: number) =>
    Array.from({ length: count }, () => budget.take()).filter(Boolean).length;
  expect(grantedOf(20)).toBe(10);
  for (let success = 0; success < 25; success++) budget.payBack();
  expect(grantedOf(20)).toBe(2);
});

test('R-REC-1: successes never pay for as many retries, and the number of retries only grows to its limit', () => {
  const policy: RetryBudgetPolicy = { ...defaultRetryBudget, tokensMax: 50, retriesMax: 20 };
  const event = fc.oneof(fc.constant('success' as const), fc.integer({ min: -10, max: 60 }));
  fc.assert(
    fc.property(fc.array(event, { maxLength: 400 }), (events) => {
      let state: RetryBudgetState = fullBudget(policy);
      let successes = 0;
      for (const each of events) {
        const before = state;
        if (each === 'success') {
          successes++;
          state = payBack(policy, state);
        } else ({ state } = spend(policy, state, each));
        state = JSON.parse(JSON.stringify(state));
        expect(state.retries).toBeGreaterThanOrEqual(before.retries);
        expect(state.tokens).toBeGreaterThanOrEqual(0);
        expect(state.tokens).toBeLessThanOrEqual(policy.tokensMax);
      }
      expect(state.retries).toBeLessThanOrEqual(policy.retriesMax);
      expect(state.retries * policy.retryCostMin).toBeLessThanOrEqual(policy.tokensMax + successes);
    }),
    { seed },
  );
});

test('R-REC-1: after any number of successes, there is a last retry', () => {
  const budget = new RetryBudget({ ...defaultRetryBudget, retriesMax: 25 });
  let granted = 0;
  for (let round = 0; round < 100; round++) {
    if (budget.take()) granted++;
    for (let success = 0; success < 20; success++) budget.payBack();
  }
  expect(granted).toBe(25);
});

test('a budget continues from its stored state', () => {
  const before = new RetryBudget();
  before.take(95);
  const after = new RetryBudget(defaultRetryBudget, JSON.parse(JSON.stringify(before.state)));
  expect(after.take()).toBe(false);
  expect(after.state).toEqual({ tokens: 5, retries: 1 });
});
