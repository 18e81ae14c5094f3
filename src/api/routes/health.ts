// Whether Moose is up, and whether work may be sent to it.
import { createRoute } from '@hono/zod-openapi';
import { healthSchema } from '../../contract/contract.ts';
import { json, problems } from './route-parts.ts';

const told = (good: string) => ({
  ...problems(),
  200: json(healthSchema, good),
  503: json(healthSchema, 'Something is missing.'),
});

export const health = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether Moose is up; needs no token',
  responses: told('All is well.'),
});

export const ready = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Whether the database is there and takes what it is given, and work is carried; needs no token',
  responses: told('It is there, and work is carried.'),
});
