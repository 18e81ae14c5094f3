// Outcomes of attempts, by model and by kind of work.
import { createRoute } from '@hono/zod-openapi';
import { estimatesSchema, learningSchema, rangeQuery } from '../../contract/contract.ts';
import { json, problems, withToken } from './route-parts.ts';

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
