// What there is to call, as the document at `/api/openapi.json` tells it.
import { createRoute, type z } from '@hono/zod-openapi';
import type { ApiRole } from '../store/api-tokens.ts';
import {
  deliverySchema,
  errorBodySchema,
  escalatedSchema,
  escalateSchema,
  executeSchema,
  healthSchema,
  resolutionParamsSchema,
  resolutionSchema,
} from './contract.ts';

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const body = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true as const, content: { 'application/json': { schema } } },
});
const errors = {
  default: json(errorBodySchema, 'What went wrong, with a stable code and what to do about it.'),
};
const withToken = { security: [{ token: [] }] };

export const health = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether Moose is up; needs no token',
  responses: { 200: json(healthSchema, 'All is well.'), 503: json(healthSchema, 'Something is missing.') },
});

export const escalate = createRoute({
  method: 'post',
  path: '/api/client-manager/escalate',
  summary: 'Put a failure before a human; needs the role operator',
  ...withToken,
  request: body(escalateSchema),
  responses: { 202: json(escalatedSchema, 'It is kept, whatever happens now.'), ...errors },
});

export const resolution = createRoute({
  method: 'get',
  path: '/api/client-manager/resolutions/{id}',
  summary: 'An escalation with its options, its status and what was chosen',
  ...withToken,
  request: { params: resolutionParamsSchema },
  responses: { 200: json(resolutionSchema, 'As it stands.'), ...errors },
});

export const execute = createRoute({
  method: 'post',
  path: '/api/client-manager/execute',
  summary: 'Choose an option, and have it carried out; needs the role operator',
  ...withToken,
  request: body(executeSchema),
  responses: { 202: json(resolutionSchema, 'It is chosen, and will be carried out.'), ...errors },
});

export const sentinel = createRoute({
  method: 'post',
  path: '/api/sentinel',
  summary: "GitHub's webhooks, signed with the secret that both know",
  responses: {
    202: json(deliverySchema, 'It is kept, and will be looked at.'),
    200: json(deliverySchema, 'It was here before, or is none that Moose looks at.'),
    ...errors,
  },
});

/** Looking takes one role and changing another; `/healthz` and the signed webhooks alone take no token. */
export function roleFor(method: string): ApiRole {
  return method === 'GET' || method === 'HEAD' ? 'viewer' : 'operator';
}

export const withoutToken: ReadonlySet<string> = new Set([health.path, sentinel.path]);
