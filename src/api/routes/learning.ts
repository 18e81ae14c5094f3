// Outcomes of attempts, by model and by kind of work.
import { createRoute } from '@hono/zod-openapi';
import {
  calibrationSchema,
  estimatesSchema,
  exclusionRequestSchema,
  exclusionSchema,
  experimentRequestSchema,
  experimentSchema,
  experimentsSchema,
  learnedPolicySchema,
  learningSchema,
  ownLogQuery,
  ownLogSchema,
  patternsSchema,
  rangeQuery,
} from '../../contract/contract.ts';
import { body, json, named, problems, withToken } from './route-parts.ts';

export const learning = createRoute({
  method: 'get',
  path: '/api/learning',
  summary: 'Show how models and agents performed, and which differences are significant',
  ...withToken,
  request: { query: rangeQuery },
  responses: {
    200: json(learningSchema, 'Based on the attempts that ended within the range.'),
    ...problems(400, 401),
  },
});

export const estimates = createRoute({
  method: 'get',
  path: '/api/learning/estimates',
  summary: 'Compare the estimated and the actual cost of planned work orders',
  ...withToken,
  responses: {
    200: json(estimatesSchema, 'Finished work orders of approved plans, newest first.'),
    ...problems(401),
  },
});

export const patterns = createRoute({
  method: 'get',
  path: '/api/learning/patterns',
  summary:
    'Show where models fail more often than others, how much refinement helps, and which models are excluded from which work',
  ...withToken,
  responses: {
    200: json(patternsSchema, 'Based on the attempts of the last 90 days; computed every few minutes.'),
    ...problems(401),
  },
});

export const excludeWork = createRoute({
  method: 'post',
  path: '/api/learning/exclusions',
  summary: 'Stop sending a kind of work to a model; repeating it changes nothing; requires the role operator',
  ...withToken,
  request: { ...body(exclusionRequestSchema) },
  responses: {
    201: json(exclusionSchema, 'It applies to work orders that start after this.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const allowWork = createRoute({
  method: 'delete',
  path: '/api/learning/exclusions/{id}',
  summary:
    'Remove an exclusion: send this kind of work to the model again; repeating it succeeds; requires the role operator',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(exclusionSchema, 'Revoked.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

export const experiments = createRoute({
  method: 'get',
  path: '/api/learning/experiments',
  summary: 'Show which policies were compared on shared work orders, with the results',
  ...withToken,
  responses: {
    200: json(experimentsSchema, 'Running ones first, then the newest; at most 50.'),
    ...problems(401),
  },
});

export const startExperiment = createRoute({
  method: 'post',
  path: '/api/learning/experiments',
  summary:
    'Give half of the work orders to each of two policies, until it is clear which is better; only a person may start it',
  ...withToken,
  request: { ...body(experimentRequestSchema) },
  responses: {
    201: json(experimentSchema, 'It applies to work orders whose first model is chosen after this.'),
    ...problems(400, 401, 403, 404, 409, 413, 415),
  },
});

export const stopExperiment = createRoute({
  method: 'delete',
  path: '/api/learning/experiments/{id}',
  summary: 'Stop comparing two policies; repeating it succeeds; requires the role operator',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(experimentSchema, 'Its work orders keep their policy; no more are assigned.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

export const policy = createRoute({
  method: 'get',
  path: '/api/learning/policy',
  summary: 'Show what the learned policy knows and chose, and how it compares with the static rule',
  ...withToken,
  responses: {
    200: json(learnedPolicySchema, 'Based on at most the 20,000 newest work orders with a choice.'),
    ...problems(401),
  },
});

export const calibration = createRoute({
  method: 'get',
  path: '/api/learning/calibration',
  summary: 'Show how accurate the estimates are that are used to choose models and agents',
  ...withToken,
  responses: {
    200: json(calibrationSchema, 'Based on the newest 10,000 choices.'),
    ...problems(401),
  },
});

export const log = createRoute({
  method: 'get',
  path: '/api/learning/log',
  summary: 'List the choices of arms with their outcomes, as `moose replay --log` reads them',
  ...withToken,
  request: { query: ownLogQuery },
  responses: {
    200: json(ownLogSchema, 'Whole work orders, oldest first.'),
    ...problems(400, 401),
  },
});
