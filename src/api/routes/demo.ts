// Faults on a demo.
import { createRoute } from '@hono/zod-openapi';
import { demoSchema, demoStrikeSchema, newStrikeSchema } from '../../contract/contract.ts';
import { body, json, problems, withToken } from './route-parts.ts';

export const demo = createRoute({
  method: 'get',
  path: '/api/demo',
  summary: 'List the faults of a demo, and how Moose handled those that were injected; only on a demo',
  ...withToken,
  responses: { 200: json(demoSchema, 'The current state.'), ...problems(401, 404) },
});

export const strikeDemo = createRoute({
  method: 'post',
  path: '/api/demo/strikes',
  summary: 'Submit work and inject a fault into it; only on a demo, requires the role operator',
  ...withToken,
  request: body(newStrikeSchema),
  responses: {
    202: json(demoStrikeSchema, 'The fault that has just begun.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
