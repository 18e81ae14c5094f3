// What there is for programs outside: put something before a human, and GitHub's webhooks.
import { createRoute, z } from '@hono/zod-openapi';
import {
  deliverySchema,
  escalatedSchema,
  escalateSchema,
  executeSchema,
  resolutionSchema,
  shortId,
} from '../contract.ts';
import { body, json, problems, withToken } from './route-parts.ts';

export const escalate = createRoute({
  method: 'post',
  path: '/api/client-manager/escalate',
  summary: 'Put a failure before a human; needs the role operator',
  ...withToken,
  request: body(escalateSchema),
  responses: { 202: json(escalatedSchema, 'It is kept, whatever happens now.'), ...problems },
});

export const resolution = createRoute({
  method: 'get',
  path: '/api/client-manager/resolutions/{id}',
  summary: 'An escalation with its options, its status and what was chosen',
  ...withToken,
  request: { params: z.object({ id: shortId.openapi({ param: { name: 'id', in: 'path' } }) }) },
  responses: { 200: json(resolutionSchema, 'As it stands.'), ...problems },
});

export const execute = createRoute({
  method: 'post',
  path: '/api/client-manager/execute',
  summary: 'Choose an option, and have it carried out; needs the role operator',
  ...withToken,
  request: body(executeSchema),
  responses: { 202: json(resolutionSchema, 'It is chosen, and will be carried out.'), ...problems },
});

export const sentinel = createRoute({
  method: 'post',
  path: '/api/sentinel',
  summary: "GitHub's webhooks, signed with the secret that both know",
  responses: {
    202: json(deliverySchema, 'It is kept, and will be looked at.'),
    200: json(deliverySchema, 'It was here before, or is none that Moose looks at.'),
    ...problems,
  },
});
