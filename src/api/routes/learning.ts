// What came of attempts, by who made them and what they were asked.
import { createRoute } from '@hono/zod-openapi';
import { learningSchema, rangeQuery } from '../../contract/contract.ts';
import { json, problems, withToken } from './route-parts.ts';

export const learning = createRoute({
  method: 'get',
  path: '/api/learning',
  summary: 'How models and agents have done, and what stands out beyond chance',
  ...withToken,
  request: { query: rangeQuery },
  responses: {
    200: json(learningSchema, 'Of the attempts that ended within the range.'),
    ...problems(400, 401),
  },
});
