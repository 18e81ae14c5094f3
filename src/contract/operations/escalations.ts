// Operations on questions to people and on standing answers.
import { z } from '@hono/zod-openapi';
import {
  answerPoliciesSchema,
  answerSchema,
  escalationMeasuresSchema,
  escalationPage,
  escalationsQuery,
  handOnSchema,
  queryInteger,
  resolutionSchema,
} from '../contract.ts';
import { body, changing, defineOperation, json, named, problems, reading } from './operation.ts';

const daysMax = 365;

export const listEscalations = defineOperation({
  ...reading('/api/escalations', 'List escalations, open ones first, then newest first'),
  request: { query: escalationsQuery },
  responses: { 200: json(escalationPage, 'A page of them.'), ...problems(400, 401) },
});

export const showEscalation = defineOperation({
  ...reading(
    '/api/escalations/{id}',
    "Show one escalation with its cause, evidence and options, by its id or its work order's id",
  ),
  request: { params: named },
  responses: { 200: json(resolutionSchema, 'The escalation.'), ...problems(400, 401, 404, 409) },
});

export const answerEscalation = defineOperation({
  ...changing('escalation.answer', 'post', '/api/escalations/{id}/answer'),
  summary: 'Choose an option and have it carried out; repeating the same answer succeeds',
  but: ', or admin if it raises a limit of the whole system',
  request: { params: named, ...body(answerSchema) },
  responses: {
    202: json(resolutionSchema, 'The option is chosen and will be carried out.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const handOnEscalation = defineOperation({
  ...changing('escalation.hand_on', 'put', '/api/escalations/{id}/owner'),
  summary: 'Assign an open escalation to another person; repeating it succeeds',
  request: { params: named, ...body(handOnSchema) },
  responses: {
    200: json(resolutionSchema, 'The escalation with its new owner.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const measureEscalations = defineOperation({
  ...reading('/api/escalation-measures', 'Compare the metrics of escalations with their goals'),
  request: { query: z.object({ days: queryInteger({ min: 1, max: daysMax, byDefault: 30 }) }) },
  responses: {
    200: json(escalationMeasuresSchema, 'Over the given number of days until now.'),
    ...problems(400, 401),
  },
});

export const listAnswerPolicies = defineOperation({
  ...reading('/api/answer-policies', 'List standing answers, newest first'),
  request: { query: z.object({ all: z.enum(['true', 'false']).default('false') }) },
  responses: {
    200: json(answerPoliciesSchema, 'With `all`, those that were revoked too.'),
    ...problems(400, 401),
  },
});

export const revokeAnswerPolicy = defineOperation({
  ...changing('answer_policy.revoke', 'delete', '/api/answer-policies/{id}'),
  summary: 'Revoke a standing answer, so that its question is asked again; revoking it twice succeeds',
  request: { params: named },
  responses: { 204: { description: 'Revoked.' }, ...problems(400, 401, 404, 409, 413) },
});
