// Operations on the budget, the limits and the prices.
import {
  budgetCheckSchema,
  budgetSchema,
  limitsChangeSchema,
  limitsSchema,
  priceCheckSchema,
  pricesQuery,
  pricesSchema,
} from '../contract.ts';
import { body, changing, defineOperation, json, problems, reading } from './operation.ts';

export const showBudget = defineOperation({
  ...reading('/api/budget', 'Show what is spent, reserved and in flight, and for whom'),
  responses: { 200: json(budgetSchema, 'The current figures.'), ...problems(401) },
});

export const checkBudget = defineOperation({
  ...reading('/api/budget/check', 'Check that every counter equals the sum of its envelopes and calls'),
  responses: { 200: json(budgetCheckSchema, 'The current figures.'), ...problems(401) },
});

export const listLimits = defineOperation({
  ...reading('/api/limits', 'Show spending limits, and what is spent or reserved'),
  responses: {
    200: json(limitsSchema, 'The limits of the whole system, of people and of projects.'),
    ...problems(401),
  },
});

export const changeLimits = defineOperation({
  ...changing('limits.change', 'put', '/api/limits', 'admin'),
  summary: 'Change spending limits of everything, a person or a project',
  but: ', and a person to raise a limit or lift a freeze',
  request: body(limitsChangeSchema),
  responses: {
    200: json(limitsSchema, 'Effective from the next reservation.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const listPrices = defineOperation({
  ...reading('/api/prices', 'List model prices per million tokens; with `all`, every version ever recorded'),
  request: { query: pricesQuery },
  responses: { 200: json(pricesSchema, 'Sorted by name.'), ...problems(400, 401, 404) },
});

/** It reads every call ever made, so it is not for everybody who may look. */
export const checkPrices = defineOperation({
  ...reading(
    '/api/prices/check',
    'Recompute the cost of every settled call from its tokens and price, and compare',
    'operator',
  ),
  responses: { 200: json(priceCheckSchema, 'The calls that differ, at most 100.'), ...problems(401) },
});
