// Money: where it is, whether its books are right, the limits, and what models cost.
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
  summary: 'Where the money is: spent, set aside, on its way, and for whom',
  ...withToken,
  responses: { 200: json(budgetSchema, 'At this moment.'), ...problems(401) },
});

export const budgetCheck = createRoute({
  method: 'get',
  path: '/api/budget/check',
  summary: 'Whether every counter says what its envelopes and calls add up to',
  ...withToken,
  responses: { 200: json(budgetCheckSchema, 'At this moment.'), ...problems(401) },
});

export const limits = createRoute({
  method: 'get',
  path: '/api/limits',
  summary: 'What may be spent, and what is spent or set aside',
  ...withToken,
  responses: { 200: json(limitsSchema, 'Those of the whole system.'), ...problems(401) },
});

export const changeLimits = createRoute({
  method: 'put',
  path: '/api/limits',
  summary: 'Change what may be spent; needs the role admin, and a person where a limit is raised or thawed',
  ...withToken,
  request: body(limitsChangeSchema),
  responses: {
    200: json(limitsSchema, 'They hold from the next reservation on.'),
    ...problems(400, 401, 409, 413, 415),
  },
});

export const prices = createRoute({
  method: 'get',
  path: '/api/prices',
  summary: 'What models cost, per million tokens; with `all`, every version that was ever stated',
  ...withToken,
  request: { query: pricesQuery },
  responses: { 200: json(pricesSchema, 'By name.'), ...problems(400, 401, 404) },
});
