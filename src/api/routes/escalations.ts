// Questions to a human, their answers, how well both go, and the answers that hold from now on.
import { createRoute, z } from '@hono/zod-openapi';
import {
  answerPoliciesSchema,
  answerSchema,
  escalationMeasuresSchema,
  escalationPage,
  escalationsQuery,
  queryInteger,
  resolutionSchema,
} from '../../contract/contract.ts';
import { body, json, named, problems, withToken } from './route-parts.ts';

const daysMax = 365;

export const list = createRoute({
  method: 'get',
  path: '/api/escalations',
  summary: 'Questions, the open ones first and of each the newest first',
  ...withToken,
  request: { query: escalationsQuery },
  responses: { 200: json(escalationPage, 'A page of them.'), ...problems(400, 401) },
});

export const one = createRoute({
  method: 'get',
  path: '/api/escalations/{id}',
  summary:
    'One question with its cause, its evidence and its options; by its id, or by that of its work order',
  ...withToken,
  request: { params: named },
  responses: { 200: json(resolutionSchema, 'As it stands.'), ...problems(400, 401, 404, 409) },
});

export const answer = createRoute({
  method: 'post',
  path: '/api/escalations/{id}/answer',
  summary:
    'Choose an option, and have it carried out; the same answer again is success; needs the role operator',
  ...withToken,
  request: { params: named, ...body(answerSchema) },
  responses: {
    202: json(resolutionSchema, 'It is chosen, and will be carried out.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const measures = createRoute({
  method: 'get',
  path: '/api/escalation-measures',
  summary: 'How well questions are asked and answered, beside the goals',
  ...withToken,
  request: { query: z.object({ days: queryInteger({ min: 1, max: daysMax, usual: 30 }) }) },
  responses: { 200: json(escalationMeasuresSchema, 'Over so many days until now.'), ...problems(400, 401) },
});

export const policies = createRoute({
  method: 'get',
  path: '/api/answer-policies',
  summary: 'Answers that hold from now on, the newest first',
  ...withToken,
  request: { query: z.object({ all: z.enum(['true', 'false']).default('false') }) },
  responses: {
    200: json(answerPoliciesSchema, 'With `all`, those that were revoked too.'),
    ...problems(400, 401),
  },
});

export const revokePolicy = createRoute({
  method: 'delete',
  path: '/api/answer-policies/{id}',
  summary: 'From now on this is asked again; revoking what is revoked is success; needs the role operator',
  ...withToken,
  request: { params: named },
  responses: { 204: { description: 'It holds no more.' }, ...problems(400, 401, 404, 409, 413) },
});
