// Failures: groups, lists, one in full, and how to reproduce one.
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
      description: 'An id, the beginning or end of one, or the fingerprint of a group for its newest error.',
    }),
  }),
};

export const errorGroups = createRoute({
  method: 'get',
  path: '/api/error-groups',
  summary: 'List errors grouped by fingerprint, with counts over time, most frequent first',
  ...withToken,
  request: { query: errorGroupsQuery },
  responses: { 200: json(errorGroupsSchema, 'At most 200 groups.'), ...problems(400, 401, 404, 409) },
});

export const errors = createRoute({
  method: 'get',
  path: '/api/errors',
  summary: 'List errors, newest first',
  ...withToken,
  request: { query: errorsQuery },
  responses: { 200: json(errorPage, 'A page of errors.'), ...problems(400, 401, 404, 409) },
});

export const error = createRoute({
  method: 'get',
  path: '/api/errors/{id}',
  summary: 'Show one error in full',
  ...withToken,
  request: one,
  responses: { 200: json(errorSchema, 'The error.'), ...problems(400, 401, 404, 409) },
});

export const reproduction = createRoute({
  method: 'get',
  path: '/api/errors/{id}/reproduction',
  summary: 'Get the files that reproduce an error',
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
  summary: "Classify a finished operation by Moose's rules; requires the role operator",
  ...withToken,
  request: body(failureCaseSchema),
  responses: {
    200: json(classifiedSchema, 'The classification; nothing is stored.'),
    ...problems(400, 401, 413, 415, 422),
  },
});
