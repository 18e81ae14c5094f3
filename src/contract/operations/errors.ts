// Operations on errors.
import { z } from '@hono/zod-openapi';
import {
  classifiedSchema,
  errorGroupsQuery,
  errorGroupsSchema,
  errorPage,
  errorSchema,
  errorsQuery,
  failureCaseSchema,
  reproductionQuery,
  reproductionSchema,
  shortId,
} from '../contract.ts';
import { body, defineOperation, json, problems, reading } from './operation.ts';

const one = {
  params: z.object({
    id: shortId.openapi({
      param: { name: 'id', in: 'path' },
      description: 'An id, the beginning or end of one, or the fingerprint of a group for its newest error.',
    }),
  }),
};

export const listErrorGroups = defineOperation({
  ...reading(
    '/api/error-groups',
    'List errors grouped by fingerprint, with counts over time, most frequent first',
  ),
  request: { query: errorGroupsQuery },
  responses: { 200: json(errorGroupsSchema, 'At most 200 groups.'), ...problems(400, 401, 404, 409) },
});

export const listErrors = defineOperation({
  ...reading('/api/errors', 'List errors, newest first'),
  request: { query: errorsQuery },
  responses: { 200: json(errorPage, 'A page of errors.'), ...problems(400, 401, 404, 409) },
});

export const showError = defineOperation({
  ...reading('/api/errors/{id}', 'Show one error in full'),
  request: one,
  responses: { 200: json(errorSchema, 'The error.'), ...problems(400, 401, 404, 409) },
});

export const reproduceError = defineOperation({
  ...reading('/api/errors/{id}/reproduction', 'Get the files that reproduce an error'),
  request: { ...one, query: reproductionQuery },
  responses: {
    200: json(reproductionSchema, '`reproduce.sh` is the script to run.'),
    ...problems(400, 401, 404, 409),
  },
});

export const classifyFailure = defineOperation({
  method: 'post',
  path: '/api/classify',
  summary: "Classify a finished operation by Moose's rules",
  role: 'operator',
  audit: null,
  request: body(failureCaseSchema),
  responses: {
    200: json(classifiedSchema, 'The classification; nothing is stored.'),
    ...problems(400, 401, 413, 415, 422),
  },
});
