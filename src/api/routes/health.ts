// Whether Moose runs, and whether work may be sent to it.
import { createRoute } from '@hono/zod-openapi';
import { healthSchema } from '../../contract/contract.ts';
import { json, problems } from './route-parts.ts';

const told = (good: string) => ({
  ...problems(),
  200: json(healthSchema, good),
  503: json(healthSchema, 'Something is unavailable.'),
});

export const health = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Check whether Moose is up; requires no token',
  responses: told('Moose is up.'),
});

export const ready = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Check whether the database accepts writes and work is carried out; requires no token',
  responses: told('The database accepts writes, and work is carried out.'),
});
