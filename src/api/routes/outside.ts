// For other programs: reports to people, and the webhooks of forges.
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
  summary: 'Escalate a failure to a person; requires the role operator',
  ...withToken,
  request: body(escalateSchema),
  responses: {
    202: json(escalatedSchema, 'The failure is stored durably.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const resolution = createRoute({
  method: 'get',
  path: '/api/client-manager/resolutions/{id}',
  summary: 'Show an escalation with its options, its status and the chosen option',
  ...withToken,
  request: { params: named },
  responses: { 200: json(resolutionSchema, 'The escalation.'), ...problems(400, 401, 404, 409) },
});

export const execute = createRoute({
  method: 'post',
  path: '/api/client-manager/execute',
  summary: 'Choose an option and have it carried out; requires the role operator',
  ...withToken,
  request: body(executeSchema),
  responses: {
    202: json(resolutionSchema, 'The option is chosen and will be carried out.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const header = (name: string, pattern: string) => ({
  name,
  in: 'header' as const,
  required: true,
  schema: { type: 'string' as const, pattern },
});

// Documented but not validated here: the signature covers the bytes, and is checked first.
const delivered = {
  requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' as const } } } },
  responses: {
    202: json(deliverySchema, 'The delivery is stored and will be processed.'),
    200: json(deliverySchema, 'The delivery was received before, or is of a kind that Moose ignores.'),
    ...problems(400, 401, 404, 409, 413),
  },
};

export const sentinel = createRoute({
  method: 'post',
  path: '/api/sentinel',
  summary: 'Receive webhooks of github.com, signed with the shared secret',
  parameters: [
    header('x-hub-signature-256', '^sha256=[0-9a-f]{64}$'),
    header('x-github-delivery', '^[!-~]{1,100}$'),
    header('x-github-event', '^[ -~]{1,100}$'),
  ],
  ...delivered,
});

/** Each forge signs in its own header. */
export const sentinelOfHost = createRoute({
  method: 'post',
  path: '/api/sentinel/{host}',
  summary: "Receive webhooks of a registered forge, signed with that host's secret",
  request: {
    params: z.object({
      host: z.string().openapi({
        param: { name: 'host', in: 'path' },
        description: 'The host as it was registered, such as `git.example.org:3000`.',
        pattern: '^[A-Za-z0-9.:\\[\\]-]{1,255}$',
      }),
    }),
  },
  ...delivered,
});

export const live = createRoute({
  method: 'get',
  path: '/api/live',
  summary: 'Open a WebSocket that reports the changes after a cursor',
  description:
    'Each text frame is one JSON message: `hello`, `events`, `resync` or `still_here`. All but `still_here` carry the cursor to resume from.',
  ...withToken,
  request: { query: z.object({ cursor: z.string().optional() }) },
  responses: {
    101: { description: 'The connection becomes a WebSocket.' },
    ...problems(400, 401, 426),
  },
});
