// Money: what it was spent on, whether its books are correct, the limits, and prices.
import { createRoute } from '@hono/zod-openapi';
import {
  budgetCheckSchema,
  budgetSchema,
  limitsChangeSchema,
  limitsSchema,
  pricesQuery,
  pricesSchema,
} from '../../contract/contract.ts';
import { body, json, problems, withToken } from './route-parts.ts';

export const budget = createRoute({
  method: 'get',
  path: '/api/budget',
  summary: 'Show what is spent, reserved and in flight, and for whom',
  ...withToken,
  responses: { 200: json(budgetSchema, 'The current figures.'), ...problems(401) },
});

export const budgetCheck = createRoute({
  method: 'get',
  path: '/api/budget/check',
  summary: 'Check that every counter equals the sum of its envelopes and calls',
  ...withToken,
  responses: { 200: json(budgetCheckSchema, 'The current figures.'), ...problems(401) },
});

export const limits = createRoute({
  method: 'get',
  path: '/api/limits',
  summary: 'Show spending limits, and what is spent or reserved',
  ...withToken,
  responses: {
    200: json(limitsSchema, 'The limits of the whole system, of people and of projects.'),
    ...problems(401),
  },
});

export const changeLimits = createRoute({
  method: 'put',
  path: '/api/limits',
  summary:
    'Change spending limits of everything, a person or a project; requires the role admin, and a person to raise a limit or lift a freeze',
  ...withToken,
  request: body(limitsChangeSchema),
  responses: {
    200: json(limitsSchema, 'Effective from the next reservation.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const prices = createRoute({
  method: 'get',
  path: '/api/prices',
  summary: 'List model prices per million tokens; with `all`, every version ever recorded',
  ...withToken,
  request: { query: pricesQuery },
  responses: { 200: json(pricesSchema, 'Sorted by name.'), ...problems(400, 401, 404) },
});
