// Operations on forges.
import { z } from '@hono/zod-openapi';
import {
  checkForgesSchema,
  forgeChecksSchema,
  forgeHostSchema,
  forgesSchema,
  newForgeSchema,
  removedForgeSchema,
} from '../contract.ts';
import { body, changing, defineOperation, json, problems, reading } from './operation.ts';

export const listForges = defineOperation({
  ...reading('/api/forges', 'List forges, and what is left of their rate limits'),
  responses: { 200: json(forgesSchema, 'All forges.'), ...problems(401) },
});

export const registerForge = defineOperation({
  ...changing('forge.add', 'post', '/api/forges', 'admin'),
  summary: 'Register or update a forge',
  but: ', and a person',
  request: body(newForgeSchema),
  responses: { 200: json(forgeHostSchema, 'The forge.'), ...problems(400, 401, 404, 409, 413, 415) },
});

export const removeForge = defineOperation({
  ...changing('forge.remove', 'delete', '/api/forges/{host}', 'admin'),
  summary: 'Remove a forge; its projects then use local pull requests',
  but: ', and a person',
  request: {
    params: z.object({
      host: z
        .string()
        .min(1)
        .max(255)
        .openapi({ param: { name: 'host', in: 'path' }, example: 'git.example.org:3000' }),
    }),
  },
  responses: { 200: json(removedForgeSchema, 'Removed.'), ...problems(400, 401, 404, 413) },
});

/** It calls the forges, so it is not for everybody who may look. */
export const checkForges = defineOperation({
  method: 'post',
  path: '/api/forges/check',
  summary: 'Ask forges what Moose may do in the repositories of projects',
  role: 'operator',
  audit: null,
  request: body(checkForgesSchema),
  responses: {
    200: json(forgeChecksSchema, 'Each repository, with what is missing.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
