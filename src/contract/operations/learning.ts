// Operations on the outcomes of attempts.
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
} from '../contract.ts';
import { body, changing, defineOperation, json, named, problems, reading } from './operation.ts';

export const showLearning = defineOperation({
  ...reading('/api/learning', 'Show how models and agents performed, and which differences are significant'),
  request: { query: rangeQuery },
  responses: {
    200: json(learningSchema, 'Based on the attempts that ended within the range.'),
    ...problems(400, 401),
  },
});

export const compareEstimates = defineOperation({
  ...reading('/api/learning/estimates', 'Compare the estimated and the actual cost of planned work orders'),
  responses: {
    200: json(estimatesSchema, 'Finished work orders of approved plans, newest first.'),
    ...problems(401),
  },
});

export const showPatterns = defineOperation({
  ...reading(
    '/api/learning/patterns',
    'Show where models fail more often than others, how much refinement helps, and which models are excluded from which work',
  ),
  responses: {
    200: json(patternsSchema, 'Based on the attempts of the last 90 days; computed every few minutes.'),
    ...problems(401),
  },
});

export const excludeWork = defineOperation({
  ...changing('exclusion.add', 'post', '/api/learning/exclusions'),
  summary: 'Stop sending a kind of work to a model; repeating it changes nothing',
  request: { ...body(exclusionRequestSchema) },
  responses: {
    201: json(exclusionSchema, 'It applies to work orders that start after this.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const allowWork = defineOperation({
  ...changing('exclusion.revoke', 'delete', '/api/learning/exclusions/{id}'),
  summary: 'Remove an exclusion: send this kind of work to the model again; repeating it succeeds',
  request: { params: named },
  responses: {
    200: json(exclusionSchema, 'Revoked.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

export const listExperiments = defineOperation({
  ...reading(
    '/api/learning/experiments',
    'Show which policies were compared on shared work orders, with the results',
  ),
  responses: {
    200: json(experimentsSchema, 'Running ones first, then the newest; at most 50.'),
    ...problems(401),
  },
});

export const startExperiment = defineOperation({
  ...changing('experiment.start', 'post', '/api/learning/experiments'),
  summary:
    'Give half of the work orders to each of two policies, until it is clear which is better; only a person may start it',
  request: { ...body(experimentRequestSchema) },
  responses: {
    201: json(experimentSchema, 'It applies to work orders whose first model is chosen after this.'),
    ...problems(400, 401, 403, 404, 409, 413, 415),
  },
});

export const stopExperiment = defineOperation({
  ...changing('experiment.stop', 'delete', '/api/learning/experiments/{id}'),
  summary: 'Stop comparing two policies; repeating it succeeds',
  request: { params: named },
  responses: {
    200: json(experimentSchema, 'Its work orders keep their policy; no more are assigned.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

export const showLearnedPolicy = defineOperation({
  ...reading(
    '/api/learning/policy',
    'Show what the learned policy knows and chose, and how it compares with the static rule',
  ),
  responses: {
    200: json(learnedPolicySchema, 'Based on at most the 20,000 newest work orders with a choice.'),
    ...problems(401),
  },
});

export const showCalibration = defineOperation({
  ...reading(
    '/api/learning/calibration',
    'Show how accurate the estimates are that are used to choose models and agents',
  ),
  responses: {
    200: json(calibrationSchema, 'Based on the newest 10,000 choices.'),
    ...problems(401),
  },
});

export const readOwnLog = defineOperation({
  ...reading(
    '/api/learning/log',
    'List the choices of arms with their outcomes, as `moose replay --log` reads them',
  ),
  request: { query: ownLogQuery },
  responses: {
    200: json(ownLogSchema, 'Whole work orders, oldest first.'),
    ...problems(400, 401),
  },
});
