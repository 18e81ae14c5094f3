// Outcomes of attempts, by model and by kind of work.
import { createRoute } from '@hono/zod-openapi';
import {
  estimatesSchema,
  learningSchema,
  nowhereSchema,
  rangeQuery,
  workOrderScoreSchema,
} from '../../contract/contract.ts';
import { json, named, problems, withToken } from './route-parts.ts';

export const learning = createRoute({
  method: 'get',
  path: '/api/learning',
  summary: 'Show how models and agents performed, and which differences are significant',
  ...withToken,
  request: { query: rangeQuery },
  responses: {
    200: json(learningSchema, 'Based on the attempts that ended within the range.'),
    ...problems(400, 401),
  },
});

export const estimates = createRoute({
  method: 'get',
  path: '/api/learning/estimates',
  summary: 'Show what planned work orders were to cost, and what they cost',
  ...withToken,
  responses: {
    200: json(estimatesSchema, 'Finished work orders of approved plans, newest first.'),
    ...problems(401),
  },
});

export const nowhere = createRoute({
  method: 'get',
  path: '/api/nowhere',
  summary: 'Show runs that are probably going nowhere, and how good that score is',
  ...withToken,
  responses: { 200: json(nowhereSchema, 'Now, and over the last 30 days.'), ...problems(401) },
});

export const workOrderScore = createRoute({
  method: 'get',
  path: '/api/work-orders/{id}/score',
  summary: 'Show how likely a work order is to go nowhere, and why',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(workOrderScoreSchema, 'After its newest failed cycle.'),
    ...problems(400, 401, 404, 409),
  },
});
