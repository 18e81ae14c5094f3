// What there is for programs outside: put something before a human, and GitHub's webhooks.
import { createRoute, z } from '@hono/zod-openapi';
import {
  deliverySchema,
  escalatedSchema,
  escalateSchema,
  executeSchema,
  resolutionSchema,
} from '../../contract/contract.ts';
import { body, json, named, problems, withToken } from './route-parts.ts';

export const escalate = createRoute({
  method: 'post',
  path: '/api/client-manager/escalate',
  summary: 'Put a failure before a human; needs the role operator',
  ...withToken,
  request: body(escalateSchema),
  responses: {
    202: json(escalatedSchema, 'It is kept, whatever happens now.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const resolution = createRoute({
  method: 'get',
  path: '/api/client-manager/resolutions/{id}',
  summary: 'An escalation with its options, its status and what was chosen',
  ...withToken,
  request: { params: named },
  responses: { 200: json(resolutionSchema, 'As it stands.'), ...problems(400, 401, 404, 409) },
});

export const execute = createRoute({
  method: 'post',
  path: '/api/client-manager/execute',
  summary: 'Choose an option, and have it carried out; needs the role operator',
  ...withToken,
  request: body(executeSchema),
  responses: {
    202: json(resolutionSchema, 'It is chosen, and will be carried out.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const githubHeader = (name: string, pattern: string) => ({
  ...{ name, in: 'header' as const, required: true },
  schema: { type: 'string' as const, pattern },
});

export const sentinel = createRoute({
  method: 'post',
  path: '/api/sentinel',
  summary: "GitHub's webhooks, signed with the secret that both know",
  // Told, and not checked by it: the signature is of the bytes, and comes first.
  parameters: [
    githubHeader('x-hub-signature-256', '^sha256=[0-9a-f]{64}$'),
    githubHeader('x-github-delivery', '^[!-~]{1,100}$'),
    githubHeader('x-github-event', '^[ -~]{1,100}$'),
  ],
  requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
  responses: {
    202: json(deliverySchema, 'It is kept, and will be looked at.'),
    200: json(deliverySchema, 'It was here before, or is none that Moose looks at.'),
    ...problems(400, 401, 413),
  },
});

export const live = createRoute({
  method: 'get',
  path: '/api/live',
  summary: 'A WebSocket that says what changes, from a cursor on',
  description:
    'Each text is one message of JSON: `hello`, `events`, `resync` or `still_here`, and all but the last carry the cursor to come back with.',
  ...withToken,
  request: { query: z.object({ cursor: z.string().optional() }) },
  responses: {
    101: { description: 'From here on it is a WebSocket.' },
    ...problems(400, 401, 426),
  },
});
