// Operations for probes and for monitoring systems.

import { z } from '@hono/zod-openapi';
import { healthSchema } from '../contract.ts';
import { defineOperation, json, problems, reading } from './operation.ts';

const told = (good: string) => ({
  ...problems(),
  200: json(healthSchema, good),
  503: json(healthSchema, 'Something is unavailable.'),
});

export const checkHealth = defineOperation({
  method: 'get',
  path: '/healthz',
  summary: 'Check whether Moose is up',
  role: null,
  audit: null,
  responses: told('Moose is up.'),
});

export const checkReadiness = defineOperation({
  method: 'get',
  path: '/readyz',
  summary: 'Check whether the database accepts writes and work is carried out',
  role: null,
  audit: null,
  responses: told('The database accepts writes, and work is carried out.'),
});

export const scrapeMetrics = defineOperation({
  ...reading('/metrics', 'Metrics for Prometheus'),
  responses: {
    200: {
      description: 'Metrics in the Prometheus text format.',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problems(401),
  },
});
