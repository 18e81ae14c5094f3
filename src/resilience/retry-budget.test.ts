import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  defaultRetryBudget,
  fullBudget,
  payBack,
  type RetryBudgetPolicy,
  type RetryBudgetState,
  spend,
} from './retry-budget.ts';

const seed = 20_261_120;

/** A budget of one work order, stored after each change. */
function aBudget(policy: RetryBudgetPolicy = defaultRetryBudget) {
  let state: RetryBudgetState = fullBudget(policy);
  const keep = (next: RetryBudgetState) => {
    state = JSON.parse(JSON.stringify(next));
  };
  return {
    state: () => state,
    take: () => {
      const spent = spend(policy, state);
      keep(spent.state);
      return spent.isGranted;
    },
    payBack: () => keep(payBack(policy, state)),
  };
}

test('R-REC-1: ten retries in a row, then one for every ten successes', () => {
  const budget = aBudget();
  const grantedOf = (count: number) =>
    Array.from({ length: count }, () => budget.take()).filter(Boolean).length;
  expect(grantedOf(20)).toBe(10);
  for (let success = 0; success < 25; success++) budget.payBack();
  expect(grantedOf(20)).toBe(2);
});

test('R-REC-1: successes never pay for as many retries, and the number of retries only grows to its limit', () => {
  const event = fc.constantFrom('success', 'retry');
  const cost = fc.integer({ min: 2, max: 60 });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 400 }), cost, (events, retryCost) => {
      const policy: RetryBudgetPolicy = { ...defaultRetryBudget, tokensMax: 50, retriesMax: 20, retryCost };
      const budget = aBudget(policy);
      let successes = 0;
      for (const each of events) {
        const before = budget.state();
        if (each === 'success') {
          successes++;
          budget.payBack();
        } else budget.take();
        const { retries, tokens } = budget.state();
        expect(retries).toBeGreaterThanOrEqual(before.retries);
        expect(tokens).toBeGreaterThanOrEqual(0);
        expect(tokens).toBeLessThanOrEqual(policy.tokensMax);
      }
      const { retries } = budget.state();
      expect(retries).toBeLessThanOrEqual(policy.retriesMax);
      expect(retries * retryCost).toBeLessThanOrEqual(policy.tokensMax + successes);
    }),
    { seed },
  );
});

test('R-REC-1: after any number of successes, there is a last retry', () => {
  const budget = aBudget({ ...defaultRetryBudget, retriesMax: 25 });
  let granted = 0;
  for (let round = 0; round < 100; round++) {
    if (budget.take()) granted++;
    for (let success = 0; success < 20; success++) budget.payBack();
  }
  expect(granted).toBe(25);
});
