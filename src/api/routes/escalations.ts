// Questions to people, their answers, how well both work, and standing answers.
import { createRoute, z } from '@hono/zod-openapi';
import {
  answerPoliciesSchema,
  answerSchema,
  escalationMeasuresSchema,
  escalationPage,
  escalationsQuery,
  handOnSchema,
  queryInteger,
  resolutionSchema,
} from '../../contract/contract.ts';
import { body, json, named, problems, withToken } from './route-parts.ts';

const daysMax = 365;

export const list = createRoute({
  method: 'get',
  path: '/api/escalations',
  summary: 'List escalations, open ones first, then newest first',
  ...withToken,
  request: { query: escalationsQuery },
  responses: { 200: json(escalationPage, 'A page of them.'), ...problems(400, 401) },
});

export const one = createRoute({
  method: 'get',
  path: '/api/escalations/{id}',
  summary: "Show one escalation with its cause, evidence and options, by its id or its work order's id",
  ...withToken,
  request: { params: named },
  responses: { 200: json(resolutionSchema, 'The escalation.'), ...problems(400, 401, 404, 409) },
});

export const answer = createRoute({
  method: 'post',
  path: '/api/escalations/{id}/answer',
  summary:
    'Choose an option and have it carried out; repeating the same answer succeeds; requires the role operator, or admin if it raises a limit of the whole system',
  ...withToken,
  request: { params: named, ...body(answerSchema) },
  responses: {
    202: json(resolutionSchema, 'The option is chosen and will be carried out.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const handOn = createRoute({
  method: 'put',
  path: '/api/escalations/{id}/owner',
  summary: 'Assign an open escalation to another person; repeating it succeeds; requires the role operator',
  ...withToken,
  request: { params: named, ...body(handOnSchema) },
  responses: {
    200: json(resolutionSchema, 'The escalation with its new owner.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const measures = createRoute({
  method: 'get',
  path: '/api/escalation-measures',
  summary: 'Compare the metrics of escalations with their goals',
  ...withToken,
  request: { query: z.object({ days: queryInteger({ min: 1, max: daysMax, byDefault: 30 }) }) },
  responses: {
    200: json(escalationMeasuresSchema, 'Over the given number of days until now.'),
    ...problems(400, 401),
  },
});

export const policies = createRoute({
  method: 'get',
  path: '/api/answer-policies',
  summary: 'List standing answers, newest first',
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
  summary:
    'Revoke a standing answer, so that its question is asked again; revoking it twice succeeds; requires the role operator',
  ...withToken,
  request: { params: named },
  responses: { 204: { description: 'Revoked.' }, ...problems(400, 401, 404, 409, 413) },
});
