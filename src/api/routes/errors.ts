// What went wrong: in groups, each of them, one in full, and how to see it again.
import { createRoute, z } from '@hono/zod-openapi';
import {
  classifiedSchema,
  errorGroupsQuery,
  errorGroupsSchema,
  errorPage,
  errorSchema,
  errorsQuery,
  failureCaseSchema,
  reproductionSchema,
  shortId,
} from '../../contract/contract.ts';
import { body, json, problems, withToken } from './route-parts.ts';

const one = {
  params: z.object({
    id: shortId.openapi({
      param: { name: 'id', in: 'path' },
      description: 'An id, either end of it, or the fingerprint of a group: then its newest.',
    }),
  }),
};

export const errorGroups = createRoute({
  method: 'get',
  path: '/api/error-groups',
  summary: 'What fails, by fingerprint, the most frequent first, with its course',
  ...withToken,
  request: { query: errorGroupsQuery },
  responses: { 200: json(errorGroupsSchema, 'At most 200 groups.'), ...problems(400, 401, 404, 409) },
});

export const errors = createRoute({
  method: 'get',
  path: '/api/errors',
  summary: 'Each error, newest first',
  ...withToken,
  request: { query: errorsQuery },
  responses: { 200: json(errorPage, 'A page of them.'), ...problems(400, 401, 404, 409) },
});

export const error = createRoute({
  method: 'get',
  path: '/api/errors/{id}',
  summary: 'One error in full',
  ...withToken,
  request: one,
  responses: { 200: json(errorSchema, 'As it stands.'), ...problems(400, 401, 404, 409) },
});

export const reproduction = createRoute({
  method: 'get',
  path: '/api/errors/{id}/reproduction',
  summary: 'The files of a folder in which it happens again',
  ...withToken,
  request: one,
  responses: {
    200: json(reproductionSchema, '`reproduce.sh` is the script to run.'),
    ...problems(400, 401, 404, 409),
  },
});

export const classify = createRoute({
  method: 'post',
  path: '/api/classify',
  summary: 'What a finished operation means, by the rules that Moose goes by; needs the role operator',
  ...withToken,
  request: body(failureCaseSchema),
  responses: { 200: json(classifiedSchema, 'Nothing is kept of it.'), ...problems(400, 401, 413, 415) },
});
